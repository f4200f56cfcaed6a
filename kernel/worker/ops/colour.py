"""colour: how a picture's colours are corrected, and the look it gets."""

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from pydantic import Field

from kernel.document import Value
from kernel.worker.filters import Stream
from kernel.worker.gauged import Gauged
from kernel.worker.grade import Grade
from kernel.worker.lut import Table, coloured, table_of
from kernel.worker.media import Source
from kernel.worker.scene import Known, Scene


class Colour(Value):
    """Correct the colours of a clip or cover, match them to another clip's, give them a look; 0 changes nothing."""

    EXAMPLE: ClassVar[dict[str, Any]] = {"type": "colour", "of": "c1", "exposure": 0.3, "look": "warm", "amount": 0.6}

    type: Literal["colour"] = "colour"
    of: str
    """Id of the clip or cover; `*` for all that have none of their own."""
    input: Literal["slog3", "clog3", "vlog", "logc3", "logc4", "applelog"] | None = None
    """Only where the person says that it was filmed in log (flat and grey), and in which; else null."""
    lut: str | None = None
    """Id of a source of kind lut (the person's own .cube file) in place of a look; null for none."""
    lut_from: Literal["rec709", "log"] = "rec709"
    """`rec709`: the LUT is a look, laid over the corrected colours. `log` only where the LUT itself brings log to
    Rec.709 (its name says so): it then comes first, and input stays null."""
    match: str | None = None
    """Id of the clip or cover whose light and colours this one is brought to; null for none."""
    exposure: float = Field(default=0.0, ge=-2, le=2)
    """Stops of light: 0.3 is a little lighter."""
    contrast: float = Field(default=0.0, ge=-1, le=1)
    """0.2 is a little harder, below 0 softer."""
    saturation: float = Field(default=0.0, ge=-1, le=1)
    """0.2 makes colours a little stronger (skin less), -1 is black and white."""
    temperature: float = Field(default=0.0, ge=-1, le=1)
    """0.2 is a little warmer, below 0 cooler."""
    tint: float = Field(default=0.0, ge=-1, le=1)
    """Above 0 more magenta, below 0 more green."""
    shadows: float = Field(default=0.0, ge=-1, le=1)
    """Above 0 the dark half becomes lighter, black stays."""
    highlights: float = Field(default=0.0, ge=-1, le=1)
    """Below 0 the light half becomes darker, white stays."""
    look: Literal["warm", "cool", "film", "vivid", "mono"] | None = None
    """`film` has soft blacks and whites, `mono` is black and white; all keep skin natural."""
    amount: float = Field(default=1.0, gt=0, le=1)
    """How much of the look or LUT."""

    @property
    def fitted(self) -> bool:
        """Log is brought to light in the source's own picture, which has finer steps."""
        return self.input is None and not (self.lut and self.lut_from == "log")

    @property
    def wants(self) -> tuple[str, ...]:
        """Ids of the clips and covers whose levels must be measured beside its own."""
        return (self.match,) if self.match else ()

    def tables(self, of: str, gauged: Gauged) -> tuple[Table, ...]:
        """Return the file that its filter opens; none where it changes nothing.

        Args:
            of: id of the clip or cover.
            gauged: what was measured of the plan's pictures.
        """
        grade = self.grade(of, gauged)
        return () if grade.plain else (table_of(grade, gauged.luts.get(self.lut or "")),)

    def treat(self, stream: Stream, scene: Scene, source: Source) -> Stream:
        """Return the stream with its colours changed; the very stream where nothing is."""
        for table in self.tables(scene.of, scene.gauged):
            stream = coloured(stream, table, "yuv420p" if self.fitted else "yuv420p10le")
        return stream

    def grade(self, of: str, gauged: Gauged) -> Grade:
        """Return the change as plain numbers."""
        kept, lut = self.model_dump(include=set(Grade._fields)), gauged.luts.get(self.lut or "")
        kept["lut"] = lut.hash if lut else ""
        own, like = gauged.levels.get(of), gauged.levels.get(self.match or "")
        return Grade(**kept, own=own, like=like) if own and like else Grade(**kept)

    def wrong(self, known: Known) -> Iterator[str]:
        """Say what cannot be done."""
        if self.match and self.match not in known.takes:
            yield f"The colour of {self.of} is matched to {self.match}, which is no clip or cover of this plan."
        if self.match == self.of:
            yield f"The colour of {self.of} is matched to itself: name another clip."
        yield from self._wrong_lut(known)
        take = known.takes.get(self.of)
        if self.input and take and known.sources[take.source].hdr:
            yield f"{take.source} says itself that it is HDR: leave the colour input of {self.of} null."

    def _wrong_lut(self, known: Known) -> Iterator[str]:
        if self.lut is None:
            return
        source, log = known.sources.get(self.lut), self.lut_from == "log"
        if source is None:
            yield f"The colour of {self.of} names the LUT {self.lut}, which is no source of this plan."
        elif source.kind != "lut":
            yield f"The colour of {self.of} names the LUT {self.lut}, which is {source.name}, no .cube file."
        if self.look:
            yield f"The colour of {self.of} has a look and a LUT: leave one of them null."
        if log and self.input:
            yield f"The LUT of {self.of} brings log to Rec.709 itself: leave the colour input null."
        take = known.takes.get(self.of)
        if log and take and known.sources[take.source].hdr:
            yield f"{take.source} says itself that it is HDR, no log: leave lut_from of {self.of} at rec709."
