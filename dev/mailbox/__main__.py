"""python -m dev.mailbox <SMTP port> <page port>: takes every mail that is sent on this machine, and shows it."""

import sys
import threading

from dev.mailbox.letters import Letters
from dev.mailbox.receiver import Receiver
from dev.mailbox.server import Server


def main(smtp: int, http: int) -> None:
    """Serve until stopped."""
    letters = Letters()
    receiver, server = Receiver(smtp, letters), Server(http, letters)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
