import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev import envfile

VALUES = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]))


@given(VALUES)
def test_what_is_written_is_read_back(value: str) -> None:
    assert envfile.parse(envfile.render({"NAME": value, "OTHER": "x"})) == {"NAME": value, "OTHER": "x"}


@pytest.mark.parametrize(
    "value", ["$(touch /tmp/x)", "`id`", "a'b", "two words", 'say "so"', "back\\slash", "$HOME", ""]
)
def test_a_shell_takes_no_value_for_a_command(value: str) -> None:
    script = envfile.render({"NAME": value}) + 'printf %s "$NAME"'
    shell = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True)
    assert shell.stdout == value
