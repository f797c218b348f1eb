"""Every file's size against the house's limits: one that outgrows its limit has a second subject to move out."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# First match wins: the most lines a file of this kind may have.
LIMITS = (
    ("tests/**/*.py", 300),
    ("supabase/policies/*.sql", 60),
    ("supabase/migrations/*_policies.sql", 400),
    ("supabase/migrations/*.sql", 150),
    ("**/*.sql", 150),
    ("**/*.py", 200),
    ("**/*.mjs", 200),
)


def tracked_files() -> list[Path]:
    """Return every file that git tracks or would track."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


def limit_of(path: Path) -> int | None:
    """Return the limit for a file, or None where there is none."""
    relative = path.relative_to(ROOT)
    return next((limit for pattern, limit in LIMITS if matches(relative, pattern)), None)


def matches(path: Path, pattern: str) -> bool:
    """Tell whether a path fits a pattern in which one `**/` stands for any number of folders, or none."""
    folder, everywhere, name = pattern.rpartition("**/")
    # PurePath.match of Python 3.11 and 3.12 takes ** for *, so the folder is looked at apart.
    return path.match(name) and path.as_posix().startswith(folder) if everywhere else path.match(pattern)


def main() -> int:
    """Print each file over its limit; 1 if there is one."""
    over = [
        (path.relative_to(ROOT), lines, limit)
        for path in tracked_files()
        if (limit := limit_of(path)) is not None and (lines := len(path.read_bytes().splitlines())) > limit
    ]
    for path, lines, limit in over:
        print(f"{path}: {lines} lines, at most {limit}; split it by noun", file=sys.stderr)
    return 1 if over else 0


if __name__ == "__main__":
    raise SystemExit(main())
