"""The JavaScript client against the stack, by a script of its own."""

import json
import os
import subprocess
from pathlib import Path

from dev.stack import Stack

SCRIPT = Path(__file__).with_name("journey.mjs")


def test_supabase_js_signs_up_reads_and_is_refused(stack: Stack) -> None:
    ran = subprocess.run(
        ["node", str(SCRIPT)],  # noqa: S607 - the Node that the stack itself runs on
        env={**os.environ, **stack.environment()},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    saw = json.loads(ran.stdout)
    assert saw["profile"]["display_name"] == "Ada"
    assert saw["renamed"] == "Countess"
    assert saw["organizations"] == [{"name": "Personal"}]
    assert saw["role_change"] == "42501"
    assert saw["backend"] == "42501"
    assert saw["algorithm"] == "ES256"
    assert saw["key_status"] == 201
    assert saw["profile_by_key"] == saw["profile"]["id"]
    assert saw["after_sign_out"] == []
