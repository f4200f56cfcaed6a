"""words: what is said of a file that does not come, in one sentence: what, why, and what to do."""

from __future__ import annotations

from kernel.errors import BadInput, Unreachable


def check_size(name: str, size: int | None, most: int) -> None:
    """Refuse an empty file and one that is too big.

    Raises:
        BadInput: says which it is, and what to do.
    """
    if size == 0:
        raise BadInput(f"{name} is empty (0 bytes): export or copy it again, then drop it here once more.")
    if size is not None and size > most:
        raise too_big(name, size, most)


def too_big(name: str, size: int, most: int) -> BadInput:
    """Return what is said of a file that is too big."""
    has = f"has {size / 1e9:.1f} GB" if size > 1e9 else f"has {size / 1e6:.0f} MB"
    return BadInput(f"{name} {has}, and I take at most {most / 1e9:.1f} GB: export a shorter or smaller version.")


def wrong_size(name: str, said: int, came: int) -> BadInput:
    """Return what is said of a file whose size is not what was announced."""
    return BadInput(f"{name} does not have the size that was announced ({came} bytes, not {said}): upload it again.")


def web_page(name: str) -> BadInput:
    """Return what is said where a server sends a web page."""
    return BadInput(f"In place of {name} came a web page, as sign-in pages do: drop the file itself here.")


def no_room(name: str) -> BadInput:
    """Return what is said where the disk is full."""
    return BadInput(
        f"There is no room left on my disk for {name}: ask whoever runs me to make some, then drop it again."
    )


def stalled(name: str) -> Unreachable:
    """Return what is said where no bytes come."""
    return Unreachable(f"{name} stopped coming for a while.")


def how_long(seconds: float) -> str:
    """Return a wait as people say it: about 5 minutes."""
    minutes = max(2, round(seconds / 60))
    return f"about {minutes} minutes" if minutes < 100 else f"about {round(minutes / 60)} hours"


def not_allowed(place: str) -> BadInput:
    """Return what is said where nobody allowed to fetch from."""
    return BadInput(f"I may not fetch from {place}: ask whoever runs me to allow it, or drop the file here.")
