"""Traps that tell whether something was reached: files that count their openings, sockets that count their callers."""

from __future__ import annotations

import ctypes
import os
import select
import socket
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self

OPENED = 0x20
"""inotify's IN_OPEN."""
EVENT = struct.calcsize("iIII")


class Canaries:
    """Counts who opens certain files, from whatever process, box or name; a refused opening does not count."""

    def __init__(self, paths: Sequence[Path]) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._watch = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        assert self._watch >= 0
        for path in paths:
            assert libc.inotify_add_watch(self._watch, os.fsencode(path), OPENED) >= 0

    def opened(self) -> int:
        """Return how often one was opened since the last look."""
        count = 0
        while select.select([self._watch], [], [], 0)[0]:
            held = os.read(self._watch, 65536)
            while held:
                count += 1
                held = held[EVENT + struct.unpack_from("iIII", held)[3] :]
        return count

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._watch)


class Ears:
    """Listens on loopback, by TCP and UDP at one port, and counts who comes."""

    def __init__(self, stream: socket.socket, datagrams: socket.socket) -> None:
        self._stream = stream
        self._datagrams = datagrams
        self.port: int = stream.getsockname()[1]

    def called(self) -> bool:
        """Say whether somebody is waiting to be heard."""
        return bool(select.select([self._stream, self._datagrams], [], [], 0)[0])

    def heard(self) -> int:
        """Return how many connections and datagrams came since the last look."""
        count = 0
        while self.called():
            if select.select([self._stream], [], [], 0)[0]:
                self._stream.accept()[0].close()
            else:
                self._datagrams.recv(65536)
            count += 1
        return count


@contextmanager
def ears() -> Iterator[Ears]:
    """Lend a pair of listening sockets."""
    stream = socket.create_server(("127.0.0.1", 0), backlog=64)
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with stream, datagrams:
        datagrams.bind(("127.0.0.1", stream.getsockname()[1]))
        yield Ears(stream, datagrams)
