"""naming: which format a person means by the name of a file, and how the files of one cut are called."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kernel.errors import BadInput
from kernel.worker.formats.base import Format


def named(out: Path, name: str | None, own: str, formats: Sequence[Format]) -> str:
    """Return the format of a file that is to be written.

    Args:
        out: the file; its suffix says the format where no name does.
        name: what the person called the format; None where they left it to the suffix.
        own: the format that the plan asks for: it is kept where the suffix fits it.
        formats: all that there are, the plainest of each suffix first.

    Raises:
        BadInput: no format has that name or that suffix, or the two contradict each other; says what would do.
    """
    suffix = out.suffix.lower()
    fitting = [format.name for format in formats if format.suffix == suffix]
    if name is None:
        if not fitting:
            known = ", ".join(dict.fromkeys(format.suffix for format in formats))
            raise BadInput(f"{out.name} does not say what it should become: let it end in one of {known}.")
        return own if own in fitting else fitting[0]
    asked = next((format for format in formats if format.name == name), None)
    if asked is None:
        raise BadInput(f"There is no format {name!r}: choose from {', '.join(format.name for format in formats)}.")
    if name not in fitting:
        raise BadInput(f"{out.name} cannot be {name}: call it {out.stem}{asked.suffix}, or leave --format {name} out.")
    return name


def beside(video: Path, format: Format) -> Path:
    """Return the name of the file of another format beside a video: its own suffix, else its name as well."""
    plain = video.with_suffix(format.suffix)
    clashes = plain.suffix == ".mp4" or plain == video
    return video.with_name(f"{video.stem}-{format.name}{format.suffix}") if clashes else plain
