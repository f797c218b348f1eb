import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.addresses import Relay, read_address, read_address_or_none, read_api, read_relay


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ann@example.com", "ann@example.com"),
        ("Ann.Lee+news@mail.example.com", "Ann.Lee+news@mail.example.com"),
        ("o'neil@example.ie", "o'neil@example.ie"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_read(written: str, read: str) -> None:
    assert read_address(written) == read


@pytest.mark.parametrize(
    "written",
    [
        *("", "ann", "ann@", "@example.com", "ann@example", "ann@@example.com", "ann..lee@example.com", ".a@b.co"),
        *("a,b@example.com", "<ann@example.com>", "Ann <ann@example.com>", "ann@example.com,bob@example.com"),
        *("ann@example.com\r\nBcc: bob@example.com", "ann\n@example.com", "ann@example.com\n", "a nn@example.com"),
        *('"a\\"b"@example.com', "ann@[127.0.0.1]", "ann@exa_mple.com", "ann@-example.com", "ann@example.com."),
        *("ännchen@example.com", "ann@example.c\u202eom", "x" * 65 + "@example.com", "ann@" + "x." * 125 + "com"),
        "ann@" + "ü" * 64 + ".com",
    ],
)
def test_what_could_be_more_than_an_address_is_refused_and_not_repeated(written: str) -> None:
    with pytest.raises(ValueError, match=r"^needs an e-mail address, such as post@example\.com$"):
        read_address(written)


@given(st.text(max_size=80), st.text(max_size=80))
def test_no_text_becomes_an_address_with_room_for_a_second_line(local: str, domain: str) -> None:
    try:
        address = read_address(f"{local}@{domain}")
    except ValueError:
        return
    assert address.isascii()
    assert not set(address) & set(' ,<>;:"()[]\\\r\n\0\t')
    assert address.count("@") == 1


def test_nothing_is_read_as_nothing() -> None:
    assert (read_address_or_none(""), read_relay("")) == ("", None)
    assert read_address_or_none("ann@example.com") == "ann@example.com"


def test_a_relay_elsewhere_is_reached_over_tls_only() -> None:
    assert read_relay("smtp://mail.example.com") == Relay("mail.example.com", 587, implicit=False, upgraded=True)
    assert read_relay("smtps://mail.example.com") == Relay("mail.example.com", 465, implicit=True, upgraded=False)
    assert read_relay("smtp://127.0.0.1:2525") == Relay("127.0.0.1", 2525, implicit=False, upgraded=False)
    assert read_relay("smtp://mail.example.com:2525") == Relay("mail.example.com", 2525, implicit=False, upgraded=True)


@pytest.mark.parametrize(
    "written",
    [
        *("mail.example.com", "http://mail.example.com", "smtp://", "smtp://user:password@mail.example.com"),
        *("smtp://mail.example.com/inbox", "smtp://mail.example.com?tls=no", "smtp://mail.example.com:99999"),
    ],
)
def test_what_is_no_relay_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="without user and password"):
        read_relay(written)


def test_an_api_elsewhere_is_reached_over_https_only() -> None:
    assert read_api("https://api.example.com") == "https://api.example.com"
    assert read_api("http://localhost:9000") == "http://localhost:9000"
    with pytest.raises(ValueError, match="needs https"):
        read_api("http://api.example.com")
