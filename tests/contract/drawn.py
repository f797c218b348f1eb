"""What hypothesis draws: cases of an operation, who sends them, and how."""

import re
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode

from ops.reference.catalogue import listed
from ops.reference.document import document
from tests.contract import buying
from tests.contract.promises import PROBLEM
from tests.contract.scene import STRANGERS, Scene
from tests.contract.sent import ODDITIES, Sent
from tests.contract.signatures import STRIPE, UNSUBSCRIBE

CALLERS = st.sampled_from([*["owner"] * 6, *["member"] * 3, *["key"] * 3, *["staff"] * 3, *STRANGERS])
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PRINTED = st.text(st.characters(codec="latin-1", exclude_categories=["C"]))


@dataclass(frozen=True)
class Conditions:
    """How a case is sent: with ids of rows that are there or made-up ones, and with what headers and faults."""

    real: bool
    accept: str | None
    request_id: str | None
    odd: str | None

    def applied(self, sent: Sent) -> Sent:
        """Return the request as it is sent in the end."""
        more = {"Accept": self.accept, "X-Request-Id": self.request_id}
        told = sent.plus(*((name, value) for name, value in more.items() if value is not None))
        return ODDITIES[self.odd](told) if self.odd else told


CONDITIONS = st.builds(
    Conditions,
    real=st.sampled_from([True, True, False]),
    accept=st.sampled_from([None, PROBLEM, "*/*"]),
    request_id=st.one_of(st.none(), st.uuids().map(str), PRINTED),
    odd=st.sampled_from([None] * 60 + list(ODDITIES)),
)


def operations() -> list[Any]:
    """Return the document's operations, without what is sent beside the case: credentials and request ids."""
    # Cases are filled in place, and what is drawn may be an example itself.
    whole = deepcopy(document(listed()))
    del whole["components"]["securitySchemes"]
    for place in whole["paths"].values():
        place["parameters"] = [each for each in place["parameters"] if "$ref" not in each]
        for operation in place.values():
            if isinstance(operation, dict):
                operation["x-guarded"] = bool(operation.pop("security"))
    found: list[Any] = list(schemathesis.openapi.from_dict(whole).get_all_operations())
    return [each.ok() for each in found]


def cases(operation: Any) -> st.SearchStrategy[Case[Any]]:
    """Draw what fits an operation's schema and, where it takes anything, what does not."""
    fitting: st.SearchStrategy[Case[Any]] = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    takes = bool(operation.body) or any(True for _ in operation.iter_parameters())
    if not takes:
        return fitting
    unfitting = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    return st.sampled_from([fitting, fitting, unfitting]).flatmap(lambda chosen: chosen)


def settle(case: Case[Any], scene: Scene, caller: str) -> None:
    """Put what is there in the place of made-up names and ids, so that more than refusals is seen."""
    invitation, token = scene.invitation(caller) if "/invitations/" in case.path else (None, None)
    session = scene.session(caller) if "/sessions/" in case.path else None
    error = scene.error() if "/core/errors/{id}" in case.path else None
    part = "style.css" if "/core/dashboard/" in case.path else None
    there: dict[str, Any] = {
        "id": invitation or session or error or scene.spare["id"],
        "orgId": str(scene.organization),
        "scopes": ["profile:read"],
        "role": "member",
        "email": f"{uuid4()}@example.com",
        "token": scene.mail() if UNSUBSCRIBE in case.path else token,
        "key": scene.spare["key"],
        "name": part or "fuzz",
        "expiresAt": None,
        "allowedCidrs": ["0.0.0.0/0"],
    }
    there |= buying.prepare(scene, case.path) if case.path.startswith("/billing") else {}
    if fits(case) and isinstance(case.body, dict):
        case.body |= {name: there[name] for name in buying.NEEDED.get(case.path, ())}
    places: list[Any] = [case.path_parameters, case.query, case.body] if fits(case) else [_ids(case)]
    for place in places:
        for name in place.keys() & there.keys() if isinstance(place, dict) else ():
            place[name] = there[name]
    if fits(case):
        case.query.pop("cursor", None)
    if fits(case) and STRIPE in case.path:
        case.body = buying.event(scene)


def fits(case: Case[Any]) -> bool:
    """Tell whether a case is as its schema says."""
    return case.meta is not None and case.meta.generation.mode.is_positive


def _ids(case: Case[Any]) -> dict[str, Any]:
    """Return the parts of a path, if that is not what is wrong with a case."""
    return case.path_parameters if all(UUID.fullmatch(str(each)) for each in case.path_parameters.values()) else {}
