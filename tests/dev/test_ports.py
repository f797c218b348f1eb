import socket

import pytest

from dev import ports
from dev.ports import Ports
from dev.trouble import Trouble


def test_one_number_moves_everything() -> None:
    moved = ports.parse("20500")
    everything = {moved.gateway, moved.postgres, moved.postgrest, moved.postgrest_admin, moved.auth, moved.unit(0)}
    assert everything == {20500, 20501, 20504, 20505, 20506, 20510}


@pytest.mark.parametrize("text", ["", "abc", "80", "65530", "-1", "54321.0", "\uff15\uff14\uff13\uff12\uff11"])
def test_what_is_no_port_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(Trouble, match="for example 54321"):
        ports.parse(text)


def test_a_taken_port_is_named_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert not ports.is_free(port)
        with pytest.raises(Trouble, match=rf"Port {port} is in use .* MAINSTAY_PORT="):
            Ports(port).require_free(0)


def test_blocks_lie_below_the_ports_of_outgoing_connections() -> None:
    first = ports.free_block(5)
    assert ports.LOWEST <= first < ports.HIGHEST < 32768
    assert all(ports.is_free(port) for port in range(first, first + 5))


def test_no_room_is_said_and_not_searched_for_ever() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Trouble, match="free ports in a row"):
            ports.free_block(2, port, port + 3)
