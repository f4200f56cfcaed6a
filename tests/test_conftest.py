"""The guards around the tests: no network, no keys, no settings of the person who runs them."""

from __future__ import annotations

import os
import socket
import sys

import pytest

from tests.conftest import LONGEST, ROOT, leaks, rank


@pytest.mark.parametrize("host", ["example.com", "192.0.2.1", "2001:db8::1", b"example.com"])
def test_a_name_outside_is_not_looked_up(host: str | bytes) -> None:
    with pytest.raises(RuntimeError, match=r"127\.0\.0\.1 only"):
        socket.getaddrinfo(host, 443)


def test_an_address_outside_is_not_connected_to() -> None:
    with socket.socket() as outside, pytest.raises(RuntimeError, match="reached for the network"):
        outside.connect(("192.0.2.1", 443))


def test_nothing_is_sent_outside() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as outside, pytest.raises(RuntimeError, match="reached for the network"):
        outside.sendto(b"x", ("192.0.2.1", 53))


def test_this_machine_may_talk_to_itself() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        client.sendall(b"hello")
        with server.accept()[0] as accepted:
            assert accepted.recv(5) == b"hello"


@pytest.mark.parametrize(
    "name", ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "SLACK_BOT_TOKEN", "RUSHES_DATA", "https_proxy", "HTTP_PROXY"]
)
def test_a_persons_own_variables_are_out_of_sight(name: str) -> None:
    assert leaks(name)


@pytest.mark.parametrize("name", ["RUSHES_SHARED", "PATH", "HOME", "LANG"])
def test_other_variables_stay(name: str) -> None:
    assert not leaks(name)


def test_no_key_is_left() -> None:
    assert [name for name in os.environ if name.endswith(("_API_KEY", "_BOT_TOKEN")) and leaks(name)] == []


def test_what_takes_longest_comes_first_and_is_there() -> None:
    assert [rank(ROOT / place / "test_any.py") for place in LONGEST] == [*range(len(LONGEST))]
    assert rank(ROOT / "tests" / "bot" / "test_main.py") == len(LONGEST)
    assert all((ROOT / place).exists() for place in LONGEST)


def test_what_python_compiled_is_kept_for_the_next_process() -> None:
    assert not sys.dont_write_bytecode
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ
