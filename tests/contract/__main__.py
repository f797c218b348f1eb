"""Many more cases than a test run takes, drawn from a seed that is printed: `python -m tests.contract`."""

import argparse
import os
import secrets

import pytest


def main() -> int:
    """Run the contract tests; a repeat with the same seed draws the same cases."""
    parser = argparse.ArgumentParser(prog="python -m tests.contract", description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000, help="how many requests at least; 20000 unless told")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(2**32), help="what the cases are drawn from")
    parser.add_argument("--only", default="", help="operations to keep, such as 'POST /auth/api-keys'")
    given = parser.parse_args()
    os.environ |= {"CASES": str(given.cases), "SEED": str(given.seed)}
    print(f"{given.cases} cases, seed {given.seed}")  # noqa: T201 - a command that speaks to a person
    chosen = ["-k", given.only] if given.only else []
    return pytest.main(["tests/contract", "-q", "--timeout=3600", *chosen])


if __name__ == "__main__":
    raise SystemExit(main())
