"""Asking the parts whether they answer yet."""

import time
import urllib.error
import urllib.request

from dev.children import Child, last_words
from dev.trouble import Trouble


def wait_until_answers(child: Child, url: str, *, patience: float = 20.0, any_status: bool = False) -> None:
    """Ask until the answer is good, while the process that should give it lives."""
    deadline = time.monotonic() + patience
    while not _answers(url, any_status=any_status):
        child.require_alive()
        if time.monotonic() > deadline:
            raise Trouble(f"{child.name} does not answer at {url}: {last_words(child.log)} (its log: {child.log})")
        time.sleep(0.01)
    child.require_alive()


def _answers(url: str, *, any_status: bool) -> bool:
    # A proxy named by the environment must not come between.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2):
            return True
    except urllib.error.HTTPError as refused:
        refused.close()
        return any_status
    except OSError:
        return False
