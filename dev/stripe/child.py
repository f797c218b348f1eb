"""The double as one of the stack's processes."""

import sys

from dev import surroundings
from dev.children import Child, Children
from dev.packages import CHECKOUT


def start(children: Children, port: int, secret: str, webhook: str | None) -> Child:
    """Start it; `webhook` is told of everything, signed with the secret."""
    args = [sys.executable, "-m", "dev.stripe", "--port", str(port), *(["--webhook", webhook] if webhook else [])]
    env = surroundings.clean(STRIPE_WEBHOOK_SECRET=secret, PYTHONUNBUFFERED="1")
    return children.start("stripe", args, env=env, word="dev.stripe", cwd=CHECKOUT)
