"""The embedded stack: what it offers while it runs. The order in which it starts is in startup.py."""

from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Self

from dev import market, packages, post, project, startup, units, watchdog
from dev.children import Children
from dev.database import Copier, Database, Server
from dev.folder import Folder
from dev.keyring import Jwk, Keyring, load
from dev.ports import DEFAULT, Ports
from dev.postgrest import POOL, Service
from dev.trouble import Trouble

if TYPE_CHECKING:
    import subprocess

    from dev.cluster import Cluster


class Stack:
    """A Supabase of one's own in a folder, running while the `with` block lasts.

    `durable` data survives a kill; without it Postgres is faster, the data goes when it stops, and copies of the
    database can be made. `reload` restarts functions when their files change.
    """

    def __init__(
        self, folder: Path, port: int = DEFAULT, *, durable: bool = True, reload: bool = True, quiet: bool = False
    ) -> None:
        self.folder = Folder(folder.absolute())
        self.ports = Ports(port)
        self.durable = durable
        self.reload = reload
        self.quiet = quiet
        self.project = project.read()
        self.auth_binary = packages.auth_binary()
        self.units = {name: self.ports.unit(index) for index, name in enumerate(units.names())}
        self.children = Children(self.folder)
        self.cluster: Cluster | None = None
        self.lock: IO[str] | None = None
        self.dog: subprocess.Popen[bytes] | None = None
        # The configuration of the double's portal.
        self.portal = ""
        self._keyring: Keyring | None = None

    @property
    def url(self) -> str:
        """The project's address: the gateway."""
        return f"http://127.0.0.1:{self.ports.gateway}"

    @property
    def functions_url(self) -> str:
        """Where the functions are."""
        return f"{self.url}/functions/v1"

    @property
    def stripe_url(self) -> str:
        """Where the double of Stripe is."""
        return f"http://127.0.0.1:{self.ports.stripe}"

    @property
    def keyring(self) -> Keyring:
        """Every secret of this stack."""
        if self._keyring is None:
            self._keyring = load(self.folder, list(self.units))
        return self._keyring

    @property
    def publishable_key(self) -> str:
        """What clients send."""
        return self.keyring.publishable_key

    @property
    def secret_key(self) -> str:
        """What operators send."""
        return self.keyring.secret_key

    @property
    def signing_key(self) -> Jwk:
        """The private ES256 JWK, `kid` included, with which access tokens are signed."""
        return self.keyring.signing_key

    @property
    def server(self) -> Server:
        """The Postgres behind it."""
        return Server(self.ports.postgres, self.keyring)

    @property
    def service(self) -> Service:
        """The PostgREST behind it."""
        address = self.server.dsn("authenticator")
        return Service("postgrest", address, self.ports.postgrest, self.ports.postgrest_admin)

    @property
    def rest_url(self) -> str:
        """PostgREST itself, without the gateway."""
        return self.service.url

    def function_key(self, unit: str) -> str:
        """Return the function key of a deployable unit."""
        return self.keyring.function_key(unit)

    def database_url(self, role: str = "postgres") -> str:
        """Return the database's address with the password of a role that logs in."""
        return self.server.dsn(role)

    def database(self, name: str, *, pool: int = POOL, prepare: str = "") -> AbstractContextManager[Database]:
        """Make a copy of the migrated database with a PostgREST of its own, for one `with` block.

        `pool` is how many connections that PostgREST keeps; `prepare` is SQL to run before it starts.
        """
        if self.durable:
            raise Trouble("Only a stack with durable=False keeps a copy to make databases from.")
        copier = Copier(self.server, self.children, self.folder, self.project)
        return copier.copy(name, pool=pool, prepare=prepare)

    def environment(self) -> dict[str, str]:
        """Return what a shell needs to talk to this stack."""
        return {
            "SUPABASE_URL": self.url,
            "SUPABASE_PUBLISHABLE_KEY": self.publishable_key,
            "SUPABASE_SECRET_KEY": self.secret_key,
            "FUNCTIONS_URL": self.functions_url,
            "MAILBOX_URL": post.page(self.ports),
            **({} if market.is_real() else {"STRIPE_API_BASE": self.stripe_url}),
            "METRICS_TOKEN": self.keyring.metrics_token,
            # Without TLS on this machine, which the Supabase CLI must be told.
            "DATABASE_URL": f"{self.database_url()}?sslmode=disable",
        }

    def say(self, line: str) -> None:
        """Tell the person at the terminal, unless quiet."""
        if not self.quiet:
            print(line, flush=True)

    def start(self) -> None:
        """Start everything, or stop what was started and say why."""
        try:
            startup.run(self)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything; a repeat does nothing."""
        if self.lock is None:
            return
        self.folder.ready.unlink(missing_ok=True)
        self.children.stop_all()
        if self.cluster and not self.durable:
            self.cluster.remove_data()
        if self.dog:
            watchdog.release(self.dog)
        self.lock.close()
        self.lock = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
