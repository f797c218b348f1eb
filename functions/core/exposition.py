"""Prometheus's text format, version 0.0.4: families of metrics, as a scraper reads them.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

MEDIA = "text/plain; version=0.0.4; charset=utf-8"
ESCAPED = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})

Labels = Mapping[str, str]


@dataclass(slots=True)
class Family:
    """One metric: what it means, and its samples, each with a suffix to the name, labels and a value."""

    name: str
    kind: str
    says: str
    samples: list[tuple[str, Labels, float]] = field(default_factory=list)

    def add(self, value: float | None, labels: Labels | None = None, suffix: str = "") -> None:
        """Add a sample; None is no sample, since a scraper cannot tell a made-up 0 from a real one."""
        if value is not None:
            self.samples.append((suffix, labels or {}, value))

    def text(self) -> str:
        """Return the lines of the family, none for one without samples."""
        if not self.samples:
            return ""
        head = f"# HELP {self.name} {self.says}\n# TYPE {self.name} {self.kind}\n"
        return head + "".join(
            f"{self.name}{suffix}{_braced(labels)} {value!r}\n" for suffix, labels, value in self.samples
        )


def expose(families: Iterable[Family]) -> bytes:
    """Return the whole page."""
    return "".join(family.text() for family in families).encode()


def _braced(labels: Labels) -> str:
    inner = ",".join(f'{name}="{value.translate(ESCAPED)}"' for name, value in labels.items())
    return f"{{{inner}}}" if inner else ""
