"""A cell of the access matrix, tried in SQL as the role."""

from collections.abc import Iterator

from psycopg import sql

from tests.policies import matrix
from tests.policies.cast import Caller, Target
from tests.policies.court import NOT_PERMITTED, Court


def in_sql(verb: str, target: Target) -> sql.Composed:
    """Return the statement of a verb; changes return a row each, so that a silent nothing shows."""
    table = sql.Identifier("public", target.table)
    where = sql.SQL(" and ").join(sql.SQL("{} = {}").format(sql.Identifier(n), v) for n, v in target.find.items())
    changes = sql.SQL(", ").join(sql.SQL("{} = {}").format(sql.Identifier(n), v) for n, v in target.change.items())
    names = sql.SQL(", ").join(map(sql.Identifier, target.add))
    values = sql.SQL(", ").join(map(sql.Literal, target.add.values()))
    return {
        "select": sql.SQL("select 1 from {} where {}").format(table, where),
        "insert": sql.SQL("insert into {} ({}) values ({})").format(table, names, values),
        "update": sql.SQL("update {} set {} where {} returning 1").format(table, changes, where),
        "delete": sql.SQL("delete from {} where {} returning 1").format(table, where),
        "truncate": sql.SQL("truncate {} cascade").format(table),
    }[verb]


def is_allowed(court: Court, caller: Caller, verb: str, target: Target) -> bool:
    """Tell whether the caller may; an error that is no refusal means that they got past the rights."""
    outcome = court.ask(caller, in_sql(verb, target))
    return outcome.state != NOT_PERMITTED and (bool(outcome.state) or outcome.touched != 0)


def judge(court: Court, table: str) -> Iterator[str]:
    """Tell of every cell of a table's screen that does not hold."""
    for of_table, caller, verb, allowed in matrix.cells():
        if of_table == table:
            found = is_allowed(court, court.stage.callers[caller], verb, court.stage.targets[table])
            if found is not allowed:
                yield f"{caller} may{'' if found else ' not'} {verb} {table}"
