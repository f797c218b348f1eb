"""Templates: every place is filled, every value is escaped, and nothing that is put in changes the mail's shape."""

from html import escape
from html.parser import HTMLParser
from unicodedata import category

import pytest

from functions.core.mail_links import PAGES
from functions.core.mail_text import CHOSEN, FOLDER, places, write
from functions.core.works import WORKS
from shared.message import UNSEEN
from tests.shared.mails import mail
from tests.world import World

LAYOUT = {"layout", "footer_essential", "footer_optional"}
TEMPLATES = sorted({path.stem for path in FOLDER.iterdir()} - LAYOUT)
EVIL = """<b>"'&\r\n{{link}} https://evil.example\u202e"""
EVIL_IN_ONE_LINE = """<b>"'& {{link}} https://evil.example"""
AROUND = {"product": "Mainstay", "unsubscribe": "https://api.example.com/u?a=1&b=2"}


def filled(template: str, value: str = EVIL) -> dict[str, str]:
    return AROUND | {name: f"{name} {value}" for name in places(template)}


class Strict(HTMLParser):
    """Counts elements, and holds that each one that must be closed is."""

    EMPTY = {"meta", "br", "img"}  # noqa: RUF012 - of a test

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parsed(html: str) -> Strict:
    parser = Strict()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    return parser


def test_every_kind_of_mail_has_its_templates() -> None:
    kinds = {kind.removeprefix("mail.") for kind in WORKS if kind.startswith("mail.")} - {"prune"}
    assert kinds == set(TEMPLATES)
    assert {path.suffix for path in FOLDER.iterdir()} == {".txt", ".html"}
    assert all((FOLDER / f"{name}.{kind}").is_file() for name in [*TEMPLATES, *LAYOUT] for kind in ("txt", "html"))
    assert PAGES.keys() <= set(TEMPLATES)


@pytest.mark.parametrize("essential", [True, False])
@pytest.mark.parametrize("template", TEMPLATES)
def test_whatever_is_put_in_the_mail_keeps_its_shape(template: str, *, essential: bool) -> None:
    plain = write(template, filled(template, "x"), essential=essential)
    evil = write(template, filled(template), essential=essential)
    assert parsed(evil.html).seen == parsed(plain.html).seen
    assert evil.text.count("\n") == plain.text.count("\n")
    assert "\n" not in evil.subject
    assert evil.subject
    assert "<b>" not in evil.html
    for part in (plain.subject, plain.text, plain.html):
        assert "{{" not in part
    link = AROUND["unsubscribe"]
    assert (link in plain.text, escape(link) in plain.html) == (not essential, not essential)


UNPRINTABLE = "".join(each for each in map(chr, range(0x110000)) if category(each) in UNSEEN)


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_character_keeps_a_mail_from_being_written(template: str) -> None:
    letter = write(template, filled(template, f"x{UNPRINTABLE}y"), essential=False)
    assert letter == write(template, filled(template, "x y"), essential=False)
    written = mail(subject=letter.subject, text=letter.text, html=letter.html, sender_name=f"x{UNPRINTABLE}y")
    assert (written.subject, written.sender("post@example.com").display_name) == (letter.subject, "x y")


@pytest.mark.parametrize("template", ["invitation"])
def test_a_strangers_mail_begins_with_our_own_words(template: str) -> None:
    told = filled(template, "x") | {"organization": "Your account is locked", "inviter": "Support"}
    assert write(template, told, essential=False).subject == "Invitation to Your account is locked"


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_place_for_which_nothing_is_said_is_an_error(template: str) -> None:
    for name in places(template):
        told = filled(template)
        del told[name]
        with pytest.raises(KeyError, match=name):
            write(template, told, essential=True)


@pytest.mark.parametrize("template", TEMPLATES)
def test_each_value_is_in_the_text_and_escaped_in_the_html(template: str) -> None:
    letter = write(template, filled(template), essential=True)
    for name in places(template):
        shown = f"{name} b '& {{{{link}}}} evil. example" if name in CHOSEN else f"{name} {EVIL_IN_ONE_LINE}"
        wanted = {"txt": shown in letter.subject + letter.text, "html": escape(shown) in letter.html}
        assert wanted == {kind: _names(template, kind, name) for kind in wanted}


def _names(template: str, kind: str, place: str) -> bool:
    return f"{{{{{place}}}}}" in (FOLDER / f"{template}.{kind}").read_text("utf-8")


def test_links_lead_where_we_say_and_are_escaped() -> None:
    told = filled("invitation", "x") | {
        "link": 'https://app.example.com/?a=1&b="2"',
        "unsubscribe": "https://u.example",
    }
    letter = write("invitation", told, essential=False)
    assert parsed(letter.html).links == ['https://app.example.com/?a=1&b="2"', "https://u.example"]
    assert 'https://app.example.com/?a=1&b="2"\n' in letter.text


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_mail_loads_nothing_and_looks_right_in_the_dark(template: str) -> None:
    letter = write(template, filled(template, "x"), essential=True)
    assert not {"img", "script", "link", "iframe", "form"} & set(parsed(letter.html).seen)
    assert "url(" not in letter.html
    assert "prefers-color-scheme: dark" in letter.html
    assert 'name="color-scheme" content="light dark"' in letter.html
    # What Gmail cuts off begins at 102 KB.
    assert len(letter.html.encode()) < 20_000


def test_each_kind_is_known_in_sql(world: World) -> None:
    source = world.value("select prosrc from pg_proc where oid = 'backend.outbox_mail(uuid)'::regprocedure")
    assert [name for name in TEMPLATES if f"'mail.{name}'" not in source] == []
