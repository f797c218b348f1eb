"""Where a real browser is, for the tests that need one."""

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# It asks nobody but who the test is about.
OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


def chromium() -> str:
    """Return where Chromium is. Whoever has none skips the test; where CI runs it, that is a failure."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and os.environ.get("CI") == "true":
        pytest.fail("There is no Chromium, and CI is to have one.")
    if found is None:
        pytest.skip("no Chromium on this machine")
    return found
