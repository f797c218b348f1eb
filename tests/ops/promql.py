"""As much of PromQL as ops/alerts.yml uses, so that a test can let its rules fire.

https://prometheus.io/docs/prometheus/latest/querying/basics/
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from operator import add, gt, lt, mul, sub, truediv
from typing import Any

TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)(?![\w])|(?P<name>[a-zA-Z_:][\w:]*)|(?P<braces>\{[^}]*\})"
    r"|(?P<range>\[\w+\])|(?P<sign>[-+*/<>(),]))"
)
MATCHER = re.compile(r'(\w+)(=~|!~|!=|=)"([^"]*)"')
UNITS = {"m": 60.0, "h": 3600.0, "d": 86400.0}
SIGNS: dict[str, Callable[[float, float], Any]] = {"*": mul, "/": truediv, "+": add, "-": sub, ">": gt, "<": lt}
Labels = frozenset[tuple[str, str]]
Vector = dict[Labels, float]
# The value of a series so many seconds ago.
Series = tuple[str, Mapping[str, str], Callable[[float], float]]


def seconds(window: str) -> float:
    """Read 5m, 6h or 3d."""
    return float(window[:-1]) * UNITS[window[-1]]


@dataclass
class Prometheus:
    """Series and recording rules, of which expressions are asked."""

    series: Iterable[Series]
    recorded: Mapping[str, str] = field(default_factory=dict)

    def ask(self, text: str) -> Vector:
        """Return what an expression evaluates to; a comparison keeps what it holds for."""
        reader = _Reader(self, list(TOKEN.finditer(text.strip())))
        assert "".join(match[0] for match in reader.tokens) == text.strip(), text
        found = reader.either()
        assert reader.at == len(reader.tokens), text
        return found if isinstance(found, dict) else {frozenset(): found}


@dataclass
class _Reader:
    prometheus: Prometheus
    tokens: list[re.Match[str]]
    at: int = 0

    def word(self) -> str:
        return self.tokens[self.at][0].strip() if self.at < len(self.tokens) else ""

    def take(self, *wanted: str) -> str:
        word = self.word()
        assert not wanted or word in wanted, f"{word!r} where {wanted} should be"
        self.at += 1
        return word

    def either(self) -> Any:
        found = self.both()
        while self.word() == "or":
            self.take()
            found = self.both() | found
        return found

    def both(self) -> Any:
        found = self.compared()
        while self.word() == "and":
            self.take()
            other = self.compared()
            found = {labels: value for labels, value in found.items() if labels in other}
        return found

    def compared(self) -> Any:
        left = self.product()
        if self.word() not in {">", "<"}:
            return left
        holds, right = SIGNS[self.take()], self.product()
        return {labels: value for labels, value in left.items() if holds(value, right)}

    def product(self) -> Any:
        left = self.atom()
        while self.word() in {"*", "/"}:
            sign, right = SIGNS[self.take()], self.atom()
            if isinstance(left, dict):
                pairs = {labels: (value, right.get(labels)) for labels, value in left.items()}
                left = {labels: sign(*pair) for labels, pair in pairs.items() if pair[1]}
            else:
                left = sign(left, right)
        return left

    def atom(self) -> Any:
        token = self.tokens[self.at]
        if token["number"]:
            return float(self.take())
        if self.word() == "(":
            return self.inside(self.either)
        name = self.take()
        if name in {"sum", "rate", "absent", "histogram_quantile"}:
            return getattr(self, name)()
        if name in self.prometheus.recorded:
            return self.prometheus.ask(self.prometheus.recorded[name])
        return {labels: value(0) for labels, value in self.selected(name)}

    def inside(self, read: Callable[[], Any]) -> Any:
        self.take("(")
        found = read()
        self.take(")")
        return found

    def selected(self, name: str) -> list[tuple[Labels, Callable[[float], float]]]:
        braces = self.take() if self.word().startswith("{") else ""
        matchers = MATCHER.findall(braces)
        found = [(labels, value) for told, labels, value in self.prometheus.series if told == name]
        return [
            (frozenset(labels.items()), value)
            for labels, value in found
            if all(_matches(labels.get(label, ""), how, text) for label, how, text in matchers)
        ]

    def sum(self) -> Vector:
        kept: set[str] = set()
        if self.word() == "by":
            self.take()
            self.take("(")
            while (word := self.take()) != ")":
                kept |= {word} - {","}
        sums: Vector = {}
        for labels, value in self.inside(self.either).items():
            key = frozenset((name, text) for name, text in labels if name in kept)
            sums[key] = sums.get(key, 0.0) + value
        return sums

    def rate(self) -> Vector:
        def read() -> Vector:
            chosen = self.selected(self.take())
            window = seconds(self.take()[1:-1])
            return {labels: (value(0) - value(window)) / window for labels, value in chosen}

        return dict(self.inside(read))

    def absent(self) -> Vector:
        return {} if self.inside(self.either) else {frozenset(): 1.0}

    def histogram_quantile(self) -> Vector:
        self.take("(")
        part = float(self.take())
        self.take(",")
        buckets = {float(dict(labels)["le"]): value for labels, value in self.either().items()}
        self.take(")")
        rank, start, below = part * buckets.get(float("inf"), 0.0), 0.0, 0.0
        for bound, reached in sorted(buckets.items()):
            if reached >= rank > 0:
                width = bound - start if bound != float("inf") else 0.0
                return {frozenset(): start + width * (rank - below) / (reached - below)}
            start, below = bound, reached
        return {}


def _matches(value: str, how: str, text: str) -> bool:
    same = bool(re.fullmatch(text, value)) if "~" in how else value == text
    return same is not how.startswith("!")
