"""One statement of the operators' SQL: what its header says of it, and its parameters with what was given for them."""

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
PARAMETER = re.compile(r"-- param (?P<name>[a-z_]+)(?: = (?P<default>[^:]+))?: (?P<says>.+)")
NOTHING = "null"


class Unusable(Exception):
    """What was asked cannot be run; the message says what to write instead."""


@dataclass(frozen=True)
class Parameter:
    """What a statement must or may be told; `default` is None where it must."""

    name: str
    default: str | None
    says: str


@dataclass(frozen=True)
class Statement:
    """A file of this folder. It runs read-only unless its header says that it `writes`."""

    name: str
    text: str

    @property
    def says(self) -> str:
        """Return its first line: what it does."""
        return self.text.splitlines()[0].removeprefix("-- ")

    @property
    def writes(self) -> bool:
        """Tell whether it changes anything."""
        return "\n-- writes\n" in self.text

    @property
    def needs(self) -> str | None:
        """Return the relation without which it has nothing to ask."""
        found = re.search(r"^-- needs (\S+)$", self.text, re.MULTILINE)
        return found[1] if found else None

    @property
    def parameters(self) -> dict[str, Parameter]:
        """Return its parameters in their order."""
        found = [PARAMETER.fullmatch(line) for line in self.text.splitlines()]
        return {each["name"]: Parameter(each["name"], each["default"], each["says"]) for each in found if each}

    def values(self, given: list[str]) -> dict[str, str | None]:
        """Return a value for each parameter; raises Unusable for one that is unknown, twice there or missing."""
        told: dict[str, str] = {}
        for each in given:
            name, equals, value = each.partition("=")
            if not equals or name not in self.parameters or name in told:
                raise Unusable(f"{self.name} takes no {each}.\n{self.usage()}")
            told[name] = value
        values = {name: told.get(name, parameter.default) for name, parameter in self.parameters.items()}
        if missing := [name for name, value in values.items() if value is None]:
            raise Unusable(f"{self.name} needs {missing[0]}=….\n{self.usage()}")
        # Only who may stay unsaid can be said to be nothing.
        optional = {name for name, parameter in self.parameters.items() if parameter.default == NOTHING}
        return {name: None if value == NOTHING and name in optional else value for name, value in values.items()}

    def usage(self) -> str:
        """Return what it does and takes, for a person at a terminal."""
        shown = [
            f"  {each.name}={'…' if each.default is None else each.default:<12} {each.says}"
            for each in self.parameters.values()
        ]
        return "\n".join([self.says, *shown])


def statements() -> dict[str, Statement]:
    """Return every statement by its name."""
    return {path.stem: Statement(path.stem, path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.sql"))}


def find(name: str) -> Statement:
    """Return a statement; raises Unusable for a name that there is not."""
    known = statements()
    if name not in known:
        raise Unusable(f"There is no {name}. There is: {', '.join(known)}")
    return known[name]
