"""Mail in the embedded stack: it all goes to the mailbox, that of the functions and that of Auth."""

import sys

from dev import surroundings
from dev.children import Child, Children
from dev.packages import CHECKOUT
from dev.ports import Ports

SENDER = "post@mainstay.localhost"
PRODUCT = "Mainstay"


def start(children: Children, ports: Ports) -> Child:
    """Start the mailbox."""
    args = [sys.executable, "-m", "dev.mailbox", str(ports.mailbox), str(ports.mailbox_page)]
    return children.start("mailbox", args, env=surroundings.clean(), word="dev.mailbox", cwd=CHECKOUT)


def page(ports: Ports) -> str:
    """Return where it is looked at."""
    return f"http://127.0.0.1:{ports.mailbox_page}"


def settings(ports: Ports, app_url: str) -> dict[str, str]:
    """Return what a function that sends mail is told."""
    return {
        "MAIL_PROVIDER": "smtp",
        "MAIL_FROM": SENDER,
        "MAIL_NAME": PRODUCT,
        "SMTP_URL": f"smtp://127.0.0.1:{ports.mailbox}",
        "APP_URL": app_url,
        "FUNCTIONS_URL": f"http://127.0.0.1:{ports.gateway}/functions/v1",
    }
