"""What an endpoint consists of, and the usual endpoints of a kind of object."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dev.stripe import lists
from dev.stripe.account import Account
from dev.stripe.contract import Parameters
from dev.stripe.shapes import Object

# Called with the account, the ids in the path and the parameters.
Action = Callable[..., Object]


@dataclass(frozen=True)
class Route:
    """One endpoint. `operation` is a kind and a verb, from which the SDK's type of the parameters follows."""

    method: str
    path: str
    operation: str
    action: Action

    @property
    def takes(self) -> str:
        """Where the SDK keeps the type of its parameters."""
        kind, verb = self.operation.split(" ")
        folder, _, noun = kind.rpartition(".")
        name = "".join(word.capitalize() for word in f"{noun}_{verb}".split("_"))
        return f"{folder + '.' if folder else ''}_{noun}_{verb}_params.{name}Params"


def listing(kind: str, path: str) -> Action:
    """Return what lists a kind."""

    def list_all(account: Account, params: Parameters) -> Object:
        return lists.of_kind(account, kind, params, f"/v1/{path}")

    return list_all


def part(things: Callable[[Account, str], Any], path: str) -> Action:
    """Return what lists what belongs to something; `things` finds it, oldest first."""

    def list_part(account: Account, owner: str, params: Parameters) -> Object:
        return lists.cut(things(account, owner)[::-1], params, f"/v1/{path.format(owner)}")

    return list_part


def resource(kind: str, path: str, module: Any, verbs: str = "create retrieve update list") -> list[Route]:  # noqa: ANN401 - a module
    """Return the usual endpoints of a kind."""
    routes = []
    for verb in verbs.split():
        whole = path if verb in {"create", "list"} else f"{path}/*"
        method = {"create": "POST", "update": "POST", "delete": "DELETE"}.get(verb, "GET")
        action = listing(kind, path) if verb == "list" else getattr(module, verb)
        routes.append(Route(method, whole, f"{kind} {verb}", action))
    return routes
