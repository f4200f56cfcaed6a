"""What a button carries: a signature that says which document it was shown for, and nothing that can be read.

It follows from the secret and from what was shown, so a card can be drawn anew at any time and nothing secret is kept.
It is found again only among the versions of the gate steps of the job of the conversation that it was clicked in: in
another thread, after a bit was changed, or for a document that was never made, it is nobody's.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from hashlib import sha256

from kernel.store.records import Kept


def token(secret: bytes, conversation: str, job: str, step: str, hash: str) -> str:
    """Return the token of a document as it is shown in a conversation: 43 characters."""
    said = "|".join(("approve", conversation, job, step, hash)).encode()
    return base64.urlsafe_b64encode(hmac.new(secret, said, sha256).digest())[:43].decode()


def found(secret: bytes, conversation: str, job: str, kept: Iterable[Kept], token_: str) -> Kept | None:
    """Return the document that a token was made for, the newest of several alike; None where there is none.

    Every candidate is compared, each in constant time: how long it takes says nothing about how near a guess is.
    """
    given = token_.encode()
    matching = None
    for one in kept:
        own = token(secret, conversation, job, one.step, one.hash).encode()
        if hmac.compare_digest(own, given):
            matching = one
    return matching
