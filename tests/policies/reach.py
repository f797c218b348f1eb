"""How much each caller reaches when they ask for everything: no row filter stands but the policies' own."""

from collections.abc import Iterator

from tests.policies.court import NOT_PERMITTED, Court

# Whose row it is: a caller's reach in a table is counted in different people or organizations.
WHOSE = {
    "profiles": "id",
    "organizations": "id",
    "memberships": "org_id",
    "api_keys": "org_id",
    "invitations": "org_id",
    "audit_log": "org_id",
    "products": "id",
    "prices": "id",
    "plan_features": "plan",
    "plan_limits": "plan",
    "billing_customers": "org_id",
    "subscriptions": "org_id",
    "subscription_items": "subscription_id",
    "invoices": "org_id",
    "seats": "org_id",
}
# What an update without a filter sets; no column is read, so that no select policy narrows it.
CHANGES = {
    "profiles": "display_name = 'x'",
    "organizations": "name = 'x'",
    "memberships": "role = 'owner'",
    "api_keys": "name = 'x'",
    "invitations": "role = 'owner'",
    "audit_log": "success = false",
    "products": "active = false",
    "prices": "unit_amount = 0",
    "plan_features": "feature = 'x'",
    "plan_limits": "quantity = 0",
    "billing_customers": "dirty_at = now()",
    "subscriptions": "quantity = 0",
    "subscription_items": "quantity = 0",
    "invoices": "disputed = true",
    "seats": "assigned_by = null",
}
# Each person has a profile and a personal organization; around the one organization of the cast there are two others.
HOW_MANY = """
                       profiles  organizations  memberships  api_keys  invitations  audit_log  profiles:update  organizations:update
nobody                 0         0              0            0         0            0          0                0
outsider               1         1              1            0         0            1          1                1
other_owner            1         3              3            1         0            3          1                3
member                 1         2              2            0         0            1          1                1
billing                1         2              2            0         0            1          1                1
admin                  1         2              2            1         1            2          1                2
owner                  1         2              2            1         1            2          1                2
other_app              0         0              0            0         0            0          0                0
signed_out             0         0              0            0         0            0          0                0
banned                 0         0              0            0         0            0          0                0
deleted                0         0              0            0         0            0          0                0
signed_in_anonymously  0         0              0            0         0            0          0                0
key                    1         1              1            1         0            0          0                0
key_without_scope      0         0              0            0         0            1          0                0
key_of_member          1         1              1            0         0            0          0                0
key_of_banned          0         0              0            0         0            0          0                0
other_key              1         1              1            1         0            0          0                0
"""

# What is sold is for everybody; two organizations buy, and in one of them somebody has a seat.
BOUGHT = """
                       products  prices  plan_features  plan_limits  billing_customers  subscriptions  subscription_items  invoices  seats
nobody                 1         1       1              1            0                  0              0                   0         0
outsider               1         1       1              1            0                  0              0                   0         0
other_owner            1         1       1              1            1                  1              1                   1         0
member                 1         1       1              1            0                  0              0                   0         1
billing                1         1       1              1            1                  1              1                   1         1
admin                  1         1       1              1            1                  1              1                   1         1
owner                  1         1       1              1            1                  1              1                   1         1
other_app              1         1       1              1            0                  0              0                   0         0
signed_out             1         1       1              1            0                  0              0                   0         0
banned                 1         1       1              1            0                  0              0                   0         0
deleted                1         1       1              1            0                  0              0                   0         0
signed_in_anonymously  1         1       1              1            0                  0              0                   0         0
key                    1         1       1              1            1                  1              1                   1         1
key_without_scope      1         1       1              1            0                  0              0                   0         0
key_of_member          1         1       1              1            0                  0              0                   0         1
key_of_banned          1         1       1              1            0                  0              0                   0         0
other_key              1         1       1              1            1                  1              1                   1         0
"""


def expected() -> dict[tuple[str, str, str], int]:
    """Return how many rows each (caller, table, verb) reaches; what the screen leaves out reaches none."""
    found: dict[tuple[str, str, str], int] = {}
    for screen in (HOW_MANY, BOUGHT):
        header, *rows = [line.split() for line in screen.strip().splitlines()]
        for caller, *numbers in rows:
            found |= {(caller, table, verb): 0 for table in header if ":" not in table for verb in ("update", "delete")}
            for column, number in zip(header, numbers, strict=True):
                table, _, verb = column.partition(":")
                found[caller, table, verb or "select"] = int(number)
    return found


def statement(table: str, verb: str) -> str:
    """Return the statement of a verb, with no filter."""
    return {
        "select": f"select count(distinct {WHOSE[table]}) from public.{table}",
        "update": f"update public.{table} set {CHANGES[table]}",
        "delete": f"delete from public.{table}",
    }[verb]


def reached(court: Court, caller: str, table: str, verb: str) -> int:
    """Return how many rows the caller reaches; an error that is no refusal means: beyond what is allowed."""
    outcome = court.ask(court.stage.callers[caller], statement(table, verb))
    if outcome.state:
        return 0 if outcome.state == NOT_PERMITTED else -1
    return int(outcome.value) if verb == "select" else outcome.touched


def judge(court: Court, table: str) -> Iterator[str]:
    """Tell of every caller who reaches more or fewer rows of a table than the screen says."""
    for (caller, of_table, verb), number in expected().items():
        if of_table == table and (found := reached(court, caller, table, verb)) != number:
            yield f"{caller} reaches {found} of {table} by {verb}, not {number}"
