"""PostgREST: its configuration, which holds a password and so is a file that only its owner reads."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from dev import packages, surroundings
from dev.children import Child, Children
from dev.folder import Folder
from dev.keyring import Jwk
from dev.project import Project

POOL = 10


@dataclass(frozen=True)
class Service:
    """One PostgREST on one database."""

    name: str
    dsn: str = field(repr=False)
    port: int
    admin_port: int
    pool: int = POOL

    @property
    def url(self) -> str:
        """Where it serves."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def ready_url(self) -> str:
        """Answers well once the schema is read."""
        return f"http://127.0.0.1:{self.admin_port}/ready"


def start(children: Children, folder: Folder, service: Service, project: Project, public_key: Jwk) -> Child:
    """Start a PostgREST that believes ES256 tokens of our key and nothing else."""
    keys = folder.root / "parts" / "jwks.json"
    folder.write(keys, json.dumps({"keys": [public_key]}))
    config = folder.root / "parts" / f"{service.name}.conf"
    folder.write(config, _configuration(service, project, keys))
    return children.start(
        service.name, [packages.postgrest(), config], env=surroundings.clean(), word=str(config), cwd=folder.root
    )


def _configuration(service: Service, project: Project, keys: Path) -> str:
    settings: dict[str, str | int] = {
        "db-uri": service.dsn,
        "db-schemas": ", ".join(project.schemas),
        "db-extra-search-path": ", ".join(project.search_path),
        "db-max-rows": project.max_rows,
        "db-anon-role": "anon",
        "db-pool": service.pool,
        "jwt-secret": f"@{keys}",
        "jwt-aud": "authenticated",
        "server-host": "127.0.0.1",
        "server-port": service.port,
        "admin-server-port": service.admin_port,
        "log-level": "warn",
    }
    return "".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items())
