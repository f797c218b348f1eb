from uuid import UUID

from shared import tokens
from shared.values import Pepper

ROW = UUID("11111111-1111-4111-8111-111111111111")


def test_a_token_is_the_same_for_the_same_row_and_for_no_other() -> None:
    pepper = Pepper(1, b"p" * 32)
    token = tokens.derive("invitation", ROW, pepper)
    assert token == tokens.derive("invitation", ROW, pepper)
    others = {
        tokens.derive("invitation", UUID(int=1), pepper),
        tokens.derive("unsubscribe", ROW, pepper),
        tokens.derive("invitation", ROW, Pepper(2, b"q" * 32)),
    }
    assert token not in others
    assert len(others | {token}) == 4
    assert len(token) == 43


def test_the_digest_is_sha256_in_hex() -> None:
    assert tokens.digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
