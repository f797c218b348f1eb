"""An answer as it goes over the wire, and a request as it comes."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Question:
    """A request; names of headers are lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""

    @property
    def form(self) -> str:
        """The encoded parameters."""
        return self.body if self.method == "POST" else self.query


@dataclass(frozen=True)
class Reply:
    """An answer."""

    status: int
    body: bytes
    headers: dict[str, str]

    def replayed(self) -> "Reply":
        """Return it as it is given again."""
        again = {"Idempotent-Replayed": "true", "Original-Request": self.headers["Request-Id"]}
        return Reply(self.status, self.body, self.headers | again)
