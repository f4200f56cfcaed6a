"""loudness: how loud the whole is."""

from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.document import Value


class Loudness(Value):
    """Brings the finished sound to a loudness and keeps its peaks under a limit."""

    EXAMPLE: ClassVar[dict[str, Any]] = {"type": "loudness", "lufs": -14.0, "true_peak_db": -1.0}

    type: Literal["loudness"] = "loudness"
    lufs: float = Field(default=-14.0, ge=-31, le=-9)
    """Integrated loudness (ITU-R BS.1770): -14 for the web, -16 for podcasts, -23 for broadcast."""
    true_peak_db: float = Field(default=-1.0, ge=-9, le=0)
    """dBTP."""
