"""The operators' SQL: its files, and the command that runs them."""

import re
from pathlib import Path

import psycopg
import pytest

from dev.stack import Stack
from ops.sql.__main__ import run
from ops.sql.statement import Statement, statements
from ops.sql.table import WIDEST, table
from tests.ops.operator import operate, rows
from tests.world import World

ROOT = Path(__file__).resolve().parents[2]
KNOWN = statements()
READERS = [name for name, each in KNOWN.items() if not each.writes]
WRITERS = {
    "add_staff",
    "allow_address",
    "ban_person",
    "cancel_query",
    "drop_jobs",
    "purge_by_retention",
    "remove_staff",
    "replay_inbox",
    "replay_jobs",
    "revoke_key",
    "revoke_keys_of_organization",
    "set_flag",
    "set_limit",
    "set_plan",
    "set_setting",
    "sign_out_everywhere",
    "unban_person",
}


def body(statement: Statement) -> str:
    return re.sub(r"^\s*--.*$", "", statement.text, flags=re.MULTILINE)


@pytest.mark.parametrize("name", KNOWN)
def test_each_file_says_what_it_does_and_is_one_statement_with_its_parameters(name: str) -> None:
    statement = KNOWN[name]
    assert re.fullmatch(r"-- [A-Z].*\.", statement.text.splitlines()[0])
    assert ";" not in body(statement)
    used = set(re.findall(r"%\((\w+)\)s", body(statement)))
    assert used == set(statement.parameters)
    assert not re.search(r"%(?!\(\w+\)s)", statement.text), "psycopg would read this as a parameter"
    # What has no type of its own would be guessed by where it comes first.
    assert len(re.findall(r"%\(\w+\)s::", statement.text)) == len(re.findall(r"%\(", statement.text))


def test_the_page_for_operators_names_each_and_no_other() -> None:
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z_]+)(?: [a-z]+=[^`]*)?`", page))
    assert KNOWN.keys() - named == set()
    for name, given in re.findall(r"(?:`|ops\.sql )(\w+)((?: [a-z]+=(?:\"[^\"]*\"|[^`\s]+))+)", page):
        assert set(re.findall(r" ([a-z]+)=", given)) <= KNOWN[name].parameters.keys(), name


def test_those_that_write_are_known() -> None:
    assert {name for name, each in KNOWN.items() if each.writes} == WRITERS


@pytest.mark.parametrize("name", READERS)
def test_what_reads_needs_to_be_told_nothing(stack: Stack, name: str) -> None:
    ran = operate(stack, name)
    if name == "slow_queries" and ran.returncode:
        # The library is there, but this server was started without it.
        assert "shared_preload_libraries" in ran.stderr
        return
    assert (ran.returncode, ran.stderr) == (0, "")
    assert re.search(r"\(\d+ rows?\)$", ran.stdout.strip())


def test_what_does_not_say_that_it_writes_cannot(stack: Stack, world: World) -> None:
    secretly = Statement(
        "secretly", "-- Reads.\nupdate private.limits set quantity = 1 where name = 'burst' returning 1"
    )
    with (
        psycopg.connect(stack.database_url(), autocommit=True) as connection,
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
    ):
        run(connection, secretly, {})
    assert world.value("select quantity from private.limits where name = 'burst'") > 1


def test_without_a_name_all_are_listed() -> None:
    shown = operate(None)
    assert shown.returncode == 0
    for name, statement in KNOWN.items():
        assert re.search(
            rf"^  {'[*]' if statement.writes else ' '} {name} +{re.escape(statement.says)}$", shown.stdout, re.MULTILINE
        )


def test_each_tells_what_it_takes() -> None:
    shown = operate(None, "ban_person", "--help").stdout
    assert "person=…" in shown
    assert "until=2999-12-31" in shown
    assert operate(None, "--help").stdout.startswith("usage: python -m ops.sql")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nothing",), "There is no nothing."),
        (("revoke_key",), "revoke_key needs key=…."),
        (("revoke_key", "keys=x"), "revoke_key takes no keys=x."),
        (("revoke_key", "x"), "revoke_key takes no x."),
        (("revoke_key", "key=x", "key=y"), "revoke_key takes no key=y."),
        (("locks", "most=3"), "locks takes no most=3."),
        (("locks",), "Set DATABASE_URL"),
    ],
)
def test_what_cannot_be_run_is_told_in_one_sentence(arguments: tuple[str, ...], said: str) -> None:
    ran = operate(None, *arguments)
    assert (ran.returncode, ran.stdout, ran.stderr.startswith(said)) == (1, "", True), ran.stderr
    assert "Traceback" not in ran.stderr


def test_what_the_database_refuses_is_told_in_one_line(stack: Stack) -> None:
    ran = operate(stack, "--yes", "set_plan", "org=x", "plan=pro")
    assert ran.stderr == 'set_plan failed: invalid input syntax for type uuid: "x"\n'
    ran = operate(stack, "unused_keys", "days=many")
    assert (ran.returncode, ran.stderr.startswith("unused_keys failed:")) == (1, True)


def test_a_value_is_a_value_and_never_sql(stack: Stack, world: World) -> None:
    evil = "x'; update private.limits set quantity = 1; --"
    ran = operate(stack, "dead_jobs", f"kind={evil}")
    assert (ran.returncode, ran.stdout.splitlines()[-1]) == (0, "(0 rows)")
    assert world.value("select min(quantity) from private.limits") > 1


@pytest.mark.parametrize(
    ("answer", "kept"), [("y\n", True), ("yes\n", True), ("\n", False), ("no\n", False), ("", False)]
)
def test_what_writes_asks_first(stack: Stack, world: World, answer: str, kept: bool) -> None:
    organization = world.organization(world.person())
    ran = operate(stack, "set_plan", f"org={organization}", "plan=pro", says=answer)
    assert "Gives an organization a plan" in ran.stdout
    assert f"org={organization}, plan=pro" in ran.stdout
    assert (ran.returncode == 0) is kept
    assert world.value("select private.plan_of(%s)", organization) == ("pro" if kept else "free")


def test_what_writes_can_be_tried(stack: Stack, world: World) -> None:
    organization = world.organization(world.person())
    ran = operate(stack, "--dry-run", "set_plan", f"org={organization}", "plan=pro")
    [row] = rows(ran.stdout.removesuffix("Only tried: nothing was kept.\n"))
    assert (row["org_id"], row["plan"]) == (str(organization), "pro")
    assert world.value("select private.plan_of(%s)", organization) == "free"


def test_what_fits_nothing_changes_nothing_and_says_so(stack: Stack) -> None:
    ran = operate(stack, "set_limit", "--yes", "name=nothing", "quantity=1")
    assert (ran.returncode, ran.stderr) == (1, "There is nothing that this fits: nothing was changed.\n")


def test_a_table_shows_what_a_terminal_can() -> None:
    shown = table(["id", "note"], [(1, None), (2, True), (3, {"a": [1]}), (4, "x\x1b[31m\ny"), (5, "é" * 200)])
    assert shown.splitlines()[2:5] == ["1", "2   yes", '3   {"a": [1]}']
    assert "\x1b" not in shown
    assert "é" * (WIDEST - 1) + "…" in shown
    assert shown.endswith("(5 rows)")
    assert table(["id"], [(1,)]).endswith("(1 row)")
