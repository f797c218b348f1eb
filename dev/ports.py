"""The ports of one stack: a block that begins at the gateway's."""

import random
import socket
from dataclasses import dataclass

from dev.trouble import Trouble

DEFAULT = 54321
BLOCK = 30
FIRST_UNIT = 10
PRIVILEGED = 1024
# Outgoing connections take their ports from 32768 upwards; a block below that cannot be lost to one of them.
LOWEST, HIGHEST = 20000, 32000


@dataclass(frozen=True)
class Ports:
    """Fixed distances, so that one number moves everything."""

    gateway: int = DEFAULT

    @property
    def postgres(self) -> int:
        """Where Postgres listens."""
        return self.gateway + 1

    @property
    def mailbox_page(self) -> int:
        """Where mail is looked at: the same port as the Supabase CLI's."""
        return self.gateway + 3

    @property
    def postgrest(self) -> int:
        """Where PostgREST serves the database."""
        return self.gateway + 4

    @property
    def postgrest_admin(self) -> int:
        """Where PostgREST tells whether it is ready."""
        return self.gateway + 5

    @property
    def auth(self) -> int:
        """Where a real Supabase Auth listens, if one is used."""
        return self.gateway + 6

    @property
    def mailbox(self) -> int:
        """Where mail is taken, by SMTP."""
        return self.gateway + 7

    @property
    def stripe(self) -> int:
        """Where the double of Stripe is."""
        return self.gateway + 9

    def unit(self, index: int) -> int:
        """Where the functions of the unit with this place in the alphabet listen."""
        return self.gateway + FIRST_UNIT + index

    def require_free(self, units: int) -> None:
        """Refuse to start beside something else, whose answers would be taken for ours."""
        wanted = [self.gateway, self.postgres, self.postgrest, self.postgrest_admin, self.auth]
        wanted += [self.mailbox, self.mailbox_page, self.stripe]
        for port in wanted + [self.unit(index) for index in range(units)]:
            if not is_free(port):
                raise Trouble(
                    f"Port {port} is in use by another program: stop that one, or move this stack with "
                    f"MAINSTAY_PORT={elsewhere()} (its first port; {BLOCK} are used)."
                )


def parse(text: str) -> Ports:
    """Read the one variable that moves all ports."""
    if not text.isascii() or not text.isdigit() or not PRIVILEGED <= int(text) <= 65535 - BLOCK:
        raise Trouble(f"MAINSTAY_PORT must be a number from {PRIVILEGED} to {65535 - BLOCK}, for example {DEFAULT}.")
    return Ports(int(text))


def is_free(port: int) -> bool:
    """Bind-test a port on the loopback address; a lingering closed connection does not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_block(size: int = BLOCK, lowest: int = LOWEST, highest: int = HIGHEST) -> int:
    """Return the first of so many free ports in a row, chosen at random so that two runs side by side rarely meet."""
    for _ in range(200):
        first = random.randrange(lowest, highest - size)  # noqa: S311 - spreads runs apart, guards nothing
        if all(is_free(port) for port in range(first, first + size)):
            return first
    raise Trouble(f"No {size} free ports in a row between {lowest} and {highest}: stop something that listens there.")


def elsewhere() -> int:
    """Suggest where a second stack fits."""
    return next((port for port in range(DEFAULT + 100, 60000, 100) if is_free(port) and is_free(port + 1)), 20000)
