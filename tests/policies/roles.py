"""Which role of an organization holds which permission, on one screen, and which permissions need a second factor."""

WHO_HOLDS = """
                  owner  admin  billing  member  sensitive
api-keys:read     yes    yes    no       no      no
api-keys:write    yes    yes    no       no      yes
audit:read        yes    yes    no       no      no
audit:write       yes    yes    no       no      no
billing:read      yes    yes    yes      no      no
billing:write     yes    no     yes      no      yes
members:read      yes    yes    yes      yes     no
members:write     yes    yes    no       no      yes
ownership:write   yes    no     no       no      yes
profile:read      yes    yes    yes      yes     no
profile:write     yes    yes    yes      yes     no
settings:read     yes    yes    yes      yes     no
settings:write    yes    yes    no       no      no
"""


def screen() -> dict[str, set[str]]:
    """Return for each permission who holds it, with `sensitive` among them where it is."""
    header, *rows = [line.split() for line in WHO_HOLDS.strip().splitlines()]
    return {row[0]: {who for who, word in zip(header, row[1:], strict=True) if word == "yes"} for row in rows}


PERMISSIONS = tuple(screen())
SENSITIVE = {permission for permission, holders in screen().items() if "sensitive" in holders}


def near(permission: str) -> list[str]:
    """Return the permissions that are most easily taken for this one: of the same thing, or held by the same roles."""
    thing, holders = permission.partition(":")[0], screen()[permission] - {"sensitive"}
    return [
        other
        for other, held in screen().items()
        if other != permission and (other.startswith(f"{thing}:") or held - {"sensitive"} == holders)
    ]
