"""Function keys: what each deployed function may act as, and the two statements of a rotation."""

import argparse
import hashlib
import os
import secrets

import psycopg

# One row per deployable function; tests hold the database and docs to it.
MAY_ACT_AS = {
    "auth": ["gatekeeper"],
    "billing": ["gatekeeper", "billing_writer", "job_runner"],
    "core": ["gatekeeper", "job_runner", "observer", "staff_reader"],
}


def make_secret(name: str) -> str:
    """Return a new function key: a recognizable prefix and 256 random bits."""
    return f"mainstay_fn_{name}_{secrets.token_urlsafe(32)}"


def install(connection: psycopg.Connection, name: str, secret: str) -> None:
    """Let a function prove itself with this key. A repeat with the same key brings what it may act as up to date."""
    connection.execute(
        "insert into private.function_keys (digest, name, may_act_as) values (%s, %s, %s)"
        " on conflict (digest) do update set may_act_as = excluded.may_act_as",
        (hashlib.sha256(secret.encode()).digest(), name, MAY_ACT_AS[name]),
    )


def remove_others(connection: psycopg.Connection, name: str, secret: str) -> int:
    """Delete every other key of the function, the second half of a rotation; return how many went."""
    digest = hashlib.sha256(secret.encode()).digest()
    deleted = connection.execute(
        "delete from private.function_keys where name = %s and digest <> %s",
        (name, digest),
    )
    return deleted.rowcount


def main() -> int:
    """Make a key and print it once, or end the older keys of a function."""
    parser = argparse.ArgumentParser(prog="python -m ops.function_keys", description=__doc__)
    parser.add_argument("command", choices=["make", "remove-others"])
    parser.add_argument("name", choices=sorted(MAY_ACT_AS), help="the deployed function")
    arguments = parser.parse_args()
    # psycopg would take an empty one for whatever server this machine has.
    address = os.environ.get("DATABASE_URL", "").strip()
    if not address:
        parser.error("set DATABASE_URL to the project's database, as the role postgres")
    with psycopg.connect(address) as connection:
        if arguments.command == "make":
            secret = make_secret(arguments.name)
            install(connection, arguments.name, secret)
            print(secret)
            return 0
        kept = os.environ.get("FUNCTION_KEY", "").strip()
        if not kept:
            parser.error("set FUNCTION_KEY to the key that stays, which the function already uses")
        print(f"{remove_others(connection, arguments.name, kept)} older key(s) removed")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
