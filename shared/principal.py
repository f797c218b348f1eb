"""Who a request is made by, once the database has said so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.database import Database
    from shared.limits import Limit


class Who(Flag):
    """The kinds of caller that an endpoint lets in. A watcher holds the metrics token and is nobody to the database."""

    PERSON = auto()
    KEY = auto()
    WATCHER = auto()


NOBODY = Who(0)
PERSON = Who.PERSON
KEY = Who.KEY
WATCHER = Who.WATCHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A person, an API key with the person who made it and the organization it belongs to, or nobody."""

    kind: str
    id: str
    aal: str | None = None
    lookup: str | None = None
    maker_id: str | None = None
    org_id: str | None = None
    scopes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Admitted:
    """A caller who may go on, the data as they see it, and what they may still do."""

    principal: Principal
    database: Database
    limits: Sequence[Limit] = ()
    plan: str | None = None
