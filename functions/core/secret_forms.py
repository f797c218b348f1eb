"""What secrets look like in a text that a client wrote: more forms than our log meets. Each takes linear time."""

import re

from shared.logs import HIDDEN, redact

QUOTE = r"(?:\\{0,8}[\"']|%22|%27)?"
BETWEEN = rf"{QUOTE}(?:\s{{1,8}}(?:is|was))?\s{{0,8}}(?:[:=]|%3[ad])\s{{0,8}}"
# What is quoted goes on until the quote that it began with, escaped as often; without one, until the line ends.
QUOTED = r"(?P<quote>\\{0,8}[\"'])(?:(?!(?<!\\)(?P=quote))[^\r\n])+"
VALUE = rf"(?:{QUOTED}|[^\s\"'&]+)"
LINE = rf"(?:{QUOTED}|[^\r\n\"']+)"
OPENED, CLOSED = r"\s{0,8}\\{0,8}[\"']", r"\\{0,8}[\"']\s{0,8}"
CODE = r"(?:pass(?:word|wd|code)|pwd)[\w-]{0,30}"
NAME = (
    rf"(?:{CODE}|(?:secret|token|pepper|credential|signature|(?:api|function|private)[_-]?key|recovery[_-]?code)s?"
    r"|(?<![a-z])(?:t?otp|pin|mfa(?:[_-]?code)?|jwt|cv[cv]|ssn|iban))"
)
# After these a sentence goes on, and tells nobody's password.
SAID = (
    "a|always|an|at|being|empty|expired|for|hidden|in|incorrect|invalid|missing|never|no|not|null|of|on|required|set|short|"
    "the|to|too|undefined|weak|wrong"
)
NAMED = (
    re.compile(rf"({NAME}{BETWEEN}){VALUE}", re.IGNORECASE),
    re.compile(
        rf"((?:{CODE}|(?<![a-z])(?:pin|otp))\s{{1,8}}(?:is|was)\s{{1,8}})(?!(?:{SAID})\b){VALUE}", re.IGNORECASE
    ),
    re.compile(rf"((?:passphrase|cookie2?|authorization){BETWEEN}){LINE}", re.IGNORECASE),
    re.compile(
        rf"([\"'](?:name|key|field|label){CLOSED}:{OPENED}[\w -]{{0,40}}{NAME}[\w -]{{0,40}}"
        rf"{CLOSED},{OPENED}value{CLOSED}:\s{{0,8}}){VALUE}",
        re.IGNORECASE,
    ),
    # A password in an address, as in postgresql://postgres:…@host.
    re.compile(r"(://)[^\s/@:\"']{0,100}:[^\s/\"']{1,200}(?=@)"),
)
FORMS = re.compile(
    r"""
      -----BEGIN[A-Z0-9 ]{0,40}PRIVATE\ KEY(?s:.*?)(?:-----END[A-Z0-9 ]{0,40}-----|\Z)
    | [A-Za-z]{2,12}_fn_[a-z]{1,30}_[\w-]{20,}                                  # keys of our functions
    | [0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[\w-]{20,}                   # how our mail is unsubscribed from
    | (?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{43}(?![\w-])    # 256 random bits, as our tokens are
    | (?:AKIA|ASIA)[0-9A-Z]{12,}                                                # AWS
    | gh[pousr]_\w{16,} | github_pat_\w{16,} | glpat-[\w-]{16,} | npm_\w{30,}
    | xox[a-z]-[\w-]{8,} | xapp-[\w-]{8,}                                       # Slack
    | SG\.[\w-]{8,}(?:\.[\w-]*)?                                                # SendGrid
    | (?<!\w)re_(?=[A-Za-z_]*\d)\w{8,}                                          # Resend
    | [sr]k_(?:live|test)_\w+ | (?<![\w-])sk-[\w-]{20,}                         # Stripe; OpenAI, Anthropic
    | AIza[\w-]{30,} | ya29\.[\w-]{8,} | sbp_[0-9a-f]{16,}                      # Google, Supabase
    """,
    re.VERBOSE,
)
EMAIL = re.compile(r"[\w.%+'!#$*^`~-]{1,64}(?:@|%(?:25){0,3}40)[\w-]{1,63}(?:\.[\w-]{1,63})+")
CARD = re.compile(r"(?<!\d)(?:\d[ -]?){13,63}\d(?!\d)")
CARD_DIGITS = range(14, 20)


def hide(text: str, known: tuple[str, ...]) -> str:
    """Hide what looks like a credential, an e-mail address or a card's number, and every text of `known`."""
    for secret in known:
        text = text.replace(secret, HIDDEN)
    for form in NAMED:
        text = form.sub(rf"\1{HIDDEN}", text)
    text = FORMS.sub(HIDDEN, text)
    # An address could begin at any letter: looking for one takes longer than looking for all the others.
    text = EMAIL.sub(HIDDEN, text) if "@" in text or "40" in text else text
    return redact(CARD.sub(_without_card, text))


def _without_card(found: re.Match[str]) -> str:
    groups = re.split("[ -]", found[0])
    whole = ("".join(groups[begin:end]) for begin in range(len(groups)) for end in range(begin + 1, begin + 20))
    return HIDDEN if any(_is_card(digits) for digits in whole) else found[0]


def _is_card(digits: str) -> bool:
    """Tell whether these digits may be a card's: its length, a first digit that is given out, and Luhn's sum."""
    if len(digits) not in CARD_DIGITS or digits[0] not in "23456":
        return False
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    return (sum(int(digit) for digit in digits[-1::-2]) + sum(each // 10 + each % 10 for each in doubled)) % 10 == 0
