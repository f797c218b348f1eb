"""What measures webhooks runs as it stands: a few events, and fewer fetches than events."""

import re
import subprocess
import sys

from dev.packages import CHECKOUT


def test_a_small_burst_is_measured() -> None:
    asked = ["--events", "20", "--customers", "2", "--rounds", "2"]
    ran = subprocess.run(
        [sys.executable, "-m", "bench.webhooks", *asked],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert ran.returncode == 0, ran.stderr
    assert "burst of 20 events of 2 customers" in ran.stdout
    fetches = re.search(r"fetches +(\d+) of a customer's state", ran.stdout)
    assert fetches
    assert 2 <= int(fetches[1]) < 20
