import pytest

from functions.billing.signatures import MOST_SIGNATURES, TOLERANCE_SECONDS, sign, verify
from shared.errors import Unauthenticated
from shared.values import Secret

RAW = b'{"id": "evt_1"}'
NOW = 1_800_000_000
OLD, NEW = Secret("whsec_" + "a" * 32), Secret("whsec_" + "b" * 32)


def header(*secrets: Secret, moment: int = NOW) -> str:
    signed = ",".join(f"v1={sign(RAW, str(moment), each.reveal())}" for each in secrets)
    return f"t={moment},{signed}"


def check(given: str | None, *secrets: Secret, raw: bytes = RAW) -> None:
    verify(raw, given, secrets or (NEW,), clock=lambda: float(NOW))


@pytest.mark.parametrize("away", [-TOLERANCE_SECONDS, -1, 0, TOLERANCE_SECONDS])
def test_five_minutes_before_and_after_are_now(away: int) -> None:
    check(header(NEW, moment=NOW + away))


@pytest.mark.parametrize("away", [-TOLERANCE_SECONDS - 1, TOLERANCE_SECONDS + 1])
def test_a_second_more_is_not(away: int) -> None:
    with pytest.raises(Unauthenticated, match="not now"):
        check(header(NEW, moment=NOW + away))


def test_while_a_secret_is_replaced_either_signs() -> None:
    check(header(OLD), OLD, NEW)
    check(header(NEW), OLD, NEW)
    check(header(OLD, NEW), NEW)


def test_what_somebody_else_signed_is_nobodys() -> None:
    with pytest.raises(Unauthenticated, match="not Stripe's"):
        check(header(OLD))
    with pytest.raises(Unauthenticated, match="not Stripe's"):
        check(header(NEW), raw=RAW + b"\n")


def test_a_time_that_was_not_signed_does_not_make_it_new() -> None:
    old = header(NEW, moment=NOW - 1000)
    with pytest.raises(Unauthenticated, match="not Stripe's"):
        check(old.replace(f"t={NOW - 1000}", f"t={NOW}"))
    # Of two times the first counts, for the signature as for the tolerance.
    with pytest.raises(Unauthenticated, match="not Stripe's"):
        check(f"t={NOW},{old}")
    with pytest.raises(Unauthenticated, match="not now"):
        check(f"{old},t={NOW}")


def test_only_so_many_signatures_are_compared() -> None:
    right = header(NEW).removeprefix(f"t={NOW},")
    wrong = "v1=" + "0" * 64
    check(",".join([f"t={NOW}", *[wrong] * (MOST_SIGNATURES - 1), right]))
    with pytest.raises(Unauthenticated, match="not Stripe's"):
        check(",".join([f"t={NOW}", *[wrong] * MOST_SIGNATURES, right]))


@pytest.mark.parametrize("given", [None, "", ",", "t", "v1=", f"t= {NOW}", f"t={NOW}.0", "t=٣", f"T={NOW}"])
def test_without_a_time_there_is_no_signature(given: str | None) -> None:
    with pytest.raises(Unauthenticated, match="missing") as refused:
        check(given)
    assert ("invalid_token" in refused.value.headers["WWW-Authenticate"]) == (given is not None)


@pytest.mark.parametrize("scheme", ["v0", "v2", "V1", "v1x", ""])
def test_another_scheme_is_none(scheme: str) -> None:
    with pytest.raises(Unauthenticated, match="not Stripe's"):
        check(header(NEW).replace("v1=", f"{scheme}="))


def test_an_empty_secret_signs_nothing() -> None:
    empty = Secret("")
    with pytest.raises(Unauthenticated, match="takes no events"):
        check(header(empty), empty)
    with pytest.raises(Unauthenticated, match="not Stripe's"):
        check(header(empty), empty, NEW)
