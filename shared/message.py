"""One mail to one person. Nothing that is put into it can add a header, a recipient or a line to its head."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.headerregistry import Address

from shared.addresses import read_address

HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}", re.ASCII)
# RFC 5322, 2.1.1: a line has 998 characters at most, its name included.
VALUE = re.compile(r"[ -~]{1,900}", re.ASCII)
KEY = re.compile(r"[A-Za-z0-9]{16,64}", re.ASCII)
# What breaks a line, cannot be seen, turns the direction of text, or is each font's own. What is not assigned is not
# among it: an emoji that is newer than this Python is shown.
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
# Letters and marks that show nothing, and what is reserved for more of them (Default_Ignorable_Code_Point).
BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
# What would end a name in a header.
MARKS = re.compile(r"[<>\"@\\]")
# What makes a link or an address of a name; the wide forms are read as the narrow ones.
LINKING = re.compile(r"\w*:/+|\b(?:mailto|tel|sms):|\bwww\.|[/\u2044\u2215\uff0f\uff20\ufe6b\uff3c]", re.IGNORECASE)
JOINING = re.compile(r"(?<=\S)([.:\u2024\u3002\ufe52\uff0e\uff1a\uff61])(?=[^\s.,;:!?)'\]])")
LONGEST_NAME = 40
LONGEST_SENDER = 100


class Refused(Exception):
    """This mail will never be taken. `gone` says that its address is why, so that no other mail will be either."""

    def __init__(self, reason: str, *, gone: bool) -> None:
        """Keep a reason without the address in it: it goes to the log."""
        super().__init__(reason)
        self.gone = gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A mail in two forms. `headers` come on top of those that every mail has.

    Who sends it twice under one `idempotency_key` sends the same, byte for byte, or the second is refused.
    """

    to: str
    subject: str
    text: str
    html: str
    sender_name: str
    idempotency_key: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Bring the subject into one line; raise Refused for what is no address, ValueError for a head not of ours."""
        try:
            object.__setattr__(self, "to", read_address(self.to))
        except ValueError:
            raise Refused("not an address that mail can be sent to", gone=True) from None
        if not all(HEADER.fullmatch(name) and VALUE.fullmatch(value) for name, value in self.headers.items()):
            raise ValueError("a header holds what no header can")
        if not KEY.fullmatch(self.idempotency_key):
            raise ValueError("an idempotency key is 16 to 64 letters or digits, beside what a header holds")
        object.__setattr__(self, "subject", one_line(self.subject))

    def sender(self, address: str) -> Address:
        """Return who it comes from, as a header or an API says it: the name is quoted where it must be."""
        name = one_line(MARKS.sub(" ", self.sender_name))
        return Address(name[:LONGEST_SENDER].strip(), addr_spec=address)


def one_line(text: str) -> str:
    """Return a text as it may stand in a mail: in one line, and all of it seen."""
    seen = "".join(" " if unicodedata.category(each) in UNSEEN else each for each in text)
    return " ".join(BLANK.sub(" ", seen).split())


def plain_name(name: str, longest: int = LONGEST_NAME) -> str:
    """Return a name that somebody chose as it may stand in a mail: one short line, no address, nothing like a link."""
    told = LINKING.sub(" ", one_line(MARKS.sub(" ", name)))
    # Mail programs make links of bare domains too.
    return " ".join(JOINING.sub(r"\1 ", told).split())[:longest].strip()
