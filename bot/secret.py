"""The one secret of this machine: buttons are signed with it, and kept tokens encrypted under a key made from it."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kernel.errors import SetUp
from kernel.settings import Settings

FILE = "secret.key"
SHORTEST = 16
"""Characters: 128 bits where each is a random byte, and no word that somebody guesses."""
INSTALLATIONS = b"rushes installations v1"
"""What the key of kept tokens is derived for, so that it is another than the one that signs buttons."""


def secret_of(settings: Settings) -> bytes:
    """Return the secret: RUSHES_SECRET_KEY, else a file in `data` that only its owner may read, made at first use.

    Processes that start at the same moment all get the one that was made first.

    Raises:
        SetUp: it is too short, or the file can be neither read nor made.
    """
    if settings.secret_key is not None:
        return _long_enough(settings.secret_key.get_secret_value().encode(), "RUSHES_SECRET_KEY")
    path = settings.data / FILE
    try:
        if not path.exists():
            _make(path)
        return _long_enough(path.read_bytes().strip(), f"The file {path}")
    except OSError as error:
        raise SetUp(f"The secret cannot be kept in {path} ({error.strerror}): set RUSHES_SECRET_KEY.") from error


def sealer(settings: Settings) -> Fernet:
    """Return what encrypts the tokens of workspaces before they are kept.

    Raises:
        SetUp: as `secret_of`.
    """
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=INSTALLATIONS).derive(secret_of(settings))
    return Fernet(base64.urlsafe_b64encode(key))


def _make(path: Path) -> None:
    """Write a new secret beside its place and link it there whole, unless another process was first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32))
            file.flush()
            os.fsync(file.fileno())
        os.link(half, path)
    except FileExistsError:
        return
    finally:
        half.unlink(missing_ok=True)


def _long_enough(secret: bytes, where: str) -> bytes:
    if len(secret) < SHORTEST:
        raise SetUp(f"{where} is too short for a secret: use {SHORTEST} characters or more, at random.")
    return secret
