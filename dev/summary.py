"""What a person is told when the stack is ready: addresses, keys, and three commands to try."""

from collections.abc import Mapping
from pathlib import Path


def describe(values: Mapping[str, str], folder: Path) -> str:
    """Return the whole text. The keys are this machine's own and open nothing elsewhere."""
    width = max(map(len, values))
    lines = [f"  {name:<{width}}  {value}" for name, value in values.items() if name != "DATABASE_URL"]
    lines.append(f"  {'DATABASE_URL':<{width}}  in {_shown(folder)}/env, which your shell can source; or: make psql")
    return "\n".join(["", *lines, "", "Three commands to try:", "", _commands(_shown(folder)), ""])


def _shown(folder: Path) -> str:
    """Return the folder as it is typed from here."""
    here = Path.cwd()
    return str(folder.relative_to(here)) if folder.is_relative_to(here) else str(folder)


def _commands(folder: str) -> str:
    source = f". '{folder}/env'" if " " in folder or folder.startswith("/") else f". ./{folder}/env"
    read = "python3 -c 'import json, sys; print(json.load(sys.stdin){})'"
    token, key = read.format('["access_token"]'), read.format('["data"]["key"]')
    return f"""\
  {source}

  # 1. A person signs up
  EMAIL=ada.$(date +%s)@example.com
  TOKEN=$(curl -s "$SUPABASE_URL/auth/v1/signup" -H "apikey: $SUPABASE_PUBLISHABLE_KEY" \\
    -H 'Content-Type: application/json' -d '{{"email": "'$EMAIL'", "password": "Correct-horse-7"}}' \\
    | {token})

  # 2. and makes an API key, which is shown once
  KEY=$(curl -s "$FUNCTIONS_URL/auth/api-keys" -H "Authorization: Bearer $TOKEN" \\
    -H 'Content-Type: application/json' -d '{{"name": "first", "scopes": ["profile:read"]}}' \\
    | {key})

  # 3. with which a program reads the profile
  curl -s "$FUNCTIONS_URL/auth/profile" -H "X-API-Key: $KEY\""""
