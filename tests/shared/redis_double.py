"""What stands in for the package redis: the few calls that we make of it, over hashes in this process."""

import time
from types import ModuleType
from typing import Any, Self


class Server:
    """The hashes, and what the next calls fail with."""

    def __init__(self) -> None:
        self.hashes: dict[str, dict[str, str]] = {}
        self.ends: dict[str, float] = {}
        self.ailing: Exception | None = None
        self.calls = 0
        self.opened: list[tuple[str, dict[str, Any]]] = []

    def ask(self) -> None:
        self.calls += 1
        if self.ailing:
            raise self.ailing


class Pipeline:
    """Commands that are done at once when it is told to."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.commands: list[tuple[str, ...]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.commands.clear()

    def hset(self, name: str, field: str, value: str) -> None:
        assert isinstance(value, str)
        self.commands.append(("hset", name, field, value))

    def delete(self, name: str) -> None:
        self.commands.append(("delete", name))

    def expire(self, name: str, seconds: int) -> None:
        assert isinstance(seconds, int)
        self.commands.append(("expire", name, str(seconds)))

    def execute(self) -> None:
        self.server.ask()
        for command, name, *rest in self.commands:
            if command == "delete":
                self.server.hashes.pop(name, None)
            elif command == "hset":
                self.server.hashes.setdefault(name, {})[rest[0]] = rest[1]
            else:
                self.server.ends[name] = time.time() + int(rest[0])


class Redis:
    """A client, as redis.Redis is."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def hmget(self, name: str, fields: list[str]) -> list[str | None]:
        self.server.ask()
        return [self.server.hashes.get(name, {}).get(field) for field in fields]

    def pipeline(self, *, transaction: bool) -> Pipeline:
        assert transaction, "half of it must not be seen"
        return Pipeline(self.server)


def module(server: Server) -> ModuleType:
    """Return what `import redis` finds."""

    class Opening(Redis):
        @classmethod
        def from_url(cls, url: str, **options: Any) -> Redis:
            server.opened.append((url, options))
            return Redis(server)

    made = ModuleType("redis")
    made.Redis = Opening  # type: ignore[attr-defined]
    return made
