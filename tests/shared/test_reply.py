import socket

import pytest

from shared.reply import Hearing


def test_nothing_is_read_past_the_deadline() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"late")
        hearing = Hearing(ours, 0)
        with pytest.raises(TimeoutError):
            hearing.read(1)
        assert not hearing.heard
        hearing.close()
