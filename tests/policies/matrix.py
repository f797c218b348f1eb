"""Who may do what to which table: for each table one screen, with a row for each kind of caller."""

from tests.policies import billing_matrix

VERBS = ("select", "insert", "update", "delete", "truncate")

WHO_MAY = billing_matrix.WHO_MAY | {
    # The target is the owner's own profile.
    "profiles": """
                           select  insert  update  delete  truncate
    nobody                 no      no      no      no      no
    outsider               no      no      no      no      no
    other_owner            no      no      no      no      no
    member                 no      no      no      no      no
    billing                no      no      no      no      no
    admin                  no      no      no      no      no
    owner                  yes     no      yes     no      no
    other_app              no      no      no      no      no
    signed_out             no      no      no      no      no
    banned                 no      no      no      no      no
    deleted                no      no      no      no      no
    signed_in_anonymously  no      no      no      no      no
    key                    yes     no      no      no      no
    key_without_scope      no      no      no      no      no
    key_of_member          no      no      no      no      no
    key_of_banned          no      no      no      no      no
    other_key              no      no      no      no      no
    """,
    "organizations": """
                           select  insert  update  delete  truncate
    nobody                 no      no      no      no      no
    outsider               no      no      no      no      no
    other_owner            no      no      no      no      no
    member                 yes     no      no      no      no
    billing                yes     no      no      no      no
    admin                  yes     no      yes     no      no
    owner                  yes     no      yes     no      no
    other_app              no      no      no      no      no
    signed_out             no      no      no      no      no
    banned                 no      no      no      no      no
    deleted                no      no      no      no      no
    signed_in_anonymously  no      no      no      no      no
    key                    yes     no      no      no      no
    key_without_scope      no      no      no      no      no
    key_of_member          yes     no      no      no      no
    key_of_banned          no      no      no      no      no
    other_key              no      no      no      no      no
    """,
    # The target is the plain member's membership.
    "memberships": """
                           select  insert  update  delete  truncate
    nobody                 no      no      no      no      no
    outsider               no      no      no      no      no
    other_owner            no      no      no      no      no
    member                 yes     no      no      no      no
    billing                yes     no      no      no      no
    admin                  yes     no      no      no      no
    owner                  yes     no      no      no      no
    other_app              no      no      no      no      no
    signed_out             no      no      no      no      no
    banned                 no      no      no      no      no
    deleted                no      no      no      no      no
    signed_in_anonymously  no      no      no      no      no
    key                    yes     no      no      no      no
    key_without_scope      no      no      no      no      no
    key_of_member          yes     no      no      no      no
    key_of_banned          no      no      no      no      no
    other_key              no      no      no      no      no
    """,
    "api_keys": """
                           select  insert  update  delete  truncate
    nobody                 no      no      no      no      no
    outsider               no      no      no      no      no
    other_owner            no      no      no      no      no
    member                 no      no      no      no      no
    billing                no      no      no      no      no
    admin                  yes     no      no      no      no
    owner                  yes     no      no      no      no
    other_app              no      no      no      no      no
    signed_out             no      no      no      no      no
    banned                 no      no      no      no      no
    deleted                no      no      no      no      no
    signed_in_anonymously  no      no      no      no      no
    key                    yes     no      no      no      no
    key_without_scope      no      no      no      no      no
    key_of_member          no      no      no      no      no
    key_of_banned          no      no      no      no      no
    other_key              no      no      no      no      no
    """,
    "invitations": """
                           select  insert  update  delete  truncate
    nobody                 no      no      no      no      no
    outsider               no      no      no      no      no
    other_owner            no      no      no      no      no
    member                 no      no      no      no      no
    billing                no      no      no      no      no
    admin                  yes     no      no      no      no
    owner                  yes     no      no      no      no
    other_app              no      no      no      no      no
    signed_out             no      no      no      no      no
    banned                 no      no      no      no      no
    deleted                no      no      no      no      no
    signed_in_anonymously  no      no      no      no      no
    key                    no      no      no      no      no
    key_without_scope      no      no      no      no      no
    key_of_member          no      no      no      no      no
    key_of_banned          no      no      no      no      no
    other_key              no      no      no      no      no
    """,
    # The target is a row about the organization.
    "audit_log": """
                           select  insert  update  delete  truncate
    nobody                 no      no      no      no      no
    outsider               no      no      no      no      no
    other_owner            no      no      no      no      no
    member                 no      no      no      no      no
    billing                no      no      no      no      no
    admin                  yes     no      no      no      no
    owner                  yes     no      no      no      no
    other_app              no      no      no      no      no
    signed_out             no      no      no      no      no
    banned                 no      no      no      no      no
    deleted                no      no      no      no      no
    signed_in_anonymously  no      no      no      no      no
    key                    no      no      no      no      no
    key_without_scope      yes    no      no      no      no
    key_of_member          no      no      no      no      no
    key_of_banned          no      no      no      no      no
    other_key              no      no      no      no      no
    """,
}


def cells() -> list[tuple[str, str, str, bool]]:
    """Return (table, caller, verb, allowed) for every cell."""
    found = []
    for table, screen in WHO_MAY.items():
        header, *rows = [line.split() for line in screen.strip().splitlines()]
        found += [
            (table, row[0], verb, {"yes": True, "no": False}[word])
            for row in rows
            for verb, word in zip(header, row[1:], strict=True)
        ]
    return found


def callers() -> set[str]:
    """Return every kind of caller that some screen names."""
    return {caller for _, caller, _, _ in cells()}
