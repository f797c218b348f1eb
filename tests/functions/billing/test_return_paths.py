import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.billing.return_paths import Return
from shared.errors import ValidationError
from tests.functions.billing.selling import Counter

HOSTILE = [
    *("//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\\/evil.example"),
    *("https:evil.example", "https://evil.example", "http:/evil.example", "javascript:alert(1)", "data:text/html,x"),
    *("@evil.example", ".evil.example", ":443@evil.example", "evil.example", "", "?next=/", "#/"),
    *("/%2Fevil.example", "/%2f%2fevil.example", "/%5Cevil.example", "/%255Cevil.example", "/%25252Fevil.example"),
    *("/..//evil.example", "/.//evil.example", "/a/..//evil", "/%2e%2e//evil", "/a//evil.example"),
    *("/\tevil", "/\nevil", "/\r\nLocation: x", "/%0d%0aSet-Cookie:x", "/%00", "/%09/evil", "/ evil", "/\u2028"),
    *("/\u3002evil", "/\uff0fevil", "/{CHECKOUT_SESSION_ID}", "/<script>", '/"', "/a|b", "/a^b", "/" + "a" * 500),
]
PLAIN = ["/", "/billing", "/billing/", "/billing?paid=yes&to=%2Fteam", "/#/settings", "/a.b/~c/@me", "/caf%C3%A9"]


@pytest.mark.parametrize("path", HOSTILE)
def test_what_could_lead_elsewhere_is_refused(path: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Return.read_json(json.dumps({"returnPath": path}).encode())
    assert refused.value.details[0]["field"] == "returnPath"


@pytest.mark.parametrize("path", PLAIN)
def test_a_path_is_taken_as_it_is(path: str) -> None:
    assert Return.read_json(json.dumps({"returnPath": path}).encode()).return_path == path


@given(st.text(alphabet="/\\.@:%25cCfFaé#?{ \t\n", max_size=12))
def test_whatever_is_taken_stays_at_its_origin(path: str) -> None:
    try:
        taken = Return.read_json(json.dumps({"returnPath": path}).encode())
    except ValidationError:
        return
    assert taken.return_path.startswith("/")
    assert not taken.return_path.startswith(("//", "/\\"))


@pytest.mark.parametrize("path", ["//evil.example", "https:evil.example", "@evil.example", "javascript:alert(1)"])
@pytest.mark.parametrize("field", ["successPath", "cancelPath"])
def test_a_checkout_leads_nobody_elsewhere(counter: Counter, path: str, field: str) -> None:
    answer = counter.begin(counter.buyer(), **{field: path})
    assert (answer.status, answer.details[0]["field"]) == (400, field)
    assert counter.sessions() == []
