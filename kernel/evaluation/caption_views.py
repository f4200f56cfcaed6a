"""caption_views: how captions are scored by what is seen of them on the finished picture.

What can be read: a good caption is read without a mistake by the reader in every style, size and shape (measured: 242
captions over real footage); past one character in ten a word of every line is wrong. How letters stand out: 4.5:1 (WCAG
2 1.4.3; large text may have 3:1, so 3.8:1 still passes). Size: 48 px of 1080 on a picture for a phone (practice); on
a wide one 3.7 % of the height, which is 14 px on a phone that is held sideways.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from kernel.evaluation.base import Finding, listed, part
from kernel.evaluation.measures.captions_seen import CaptionSeen, CaptionsSeen
from kernel.evaluation.scorecard import Evidence
from kernel.worker.layout import ANY_VERTICAL, PLAIN, TALLEST, VERTICAL, Margins

OWNER = "captions"
ERROR, HEARD_ERROR = (0.4, 0.025), (0.7, 0.1)
"""Broken and golden share of characters that are wrong: 10 % lie at the threshold; beside what was heard, 22 %."""
MISTAKEN = 0.15
"""Share of wrong characters from which a caption is named as one that cannot be read."""
CONTRAST = (1.0, 4.5)
PALE = 3.8
LOW = 10
"""The percentile of the captions by which they are judged: one of ten may stand on a bad place for a moment."""
SIZES: Mapping[str, tuple[float, float]] = {"upright": (0.022, 0.05), "wide": (0.013, 0.043)}
"""Broken and golden size of letters as a share of the shorter side; 0.0444 and 0.037 lie at the threshold."""
UPRIGHT = 1.1
"""Width over height below which a picture is watched on a phone that is held upright, as wide as the phone."""
SPEED = (30.0, 17.5)
"""Characters a second of captions that were found: 20 lie at the threshold."""
OUTSIDE = (0.25, 0.0)
"""Share of found captions that stand outside the safe zone; 5 % lie at the threshold, as places are read roughly."""
AROUND = 0.2
"""Share of its height by which a reader's box of one line reaches beyond the letters on every side."""
BOLD = "set them in white, in the style bold."
LARGER = "choose a larger size."


def findings(seen: CaptionsSeen, shape: float, platform: str) -> list[Finding]:
    """Return what is scored of the captions as they were seen.

    Args:
        seen: at least one caption.
        shape: width over height of the picture.
        platform: where it is shown; decides the safe zone of captions that no plan places.
    """
    found = [*_legible(seen), *_standing_out(seen), _sized(seen, shape)]
    return found if seen.planned else [*found, *_paced(seen), _placed(seen, shape, platform)]


def _legible(seen: CaptionsSeen) -> list[Finding]:
    read = [(caption, caption.error) for caption in seen.captions if caption.error is not None]
    if not read:
        return []
    rate = float(np.mean([error for _, error in read]))
    bad = [_shown(caption, f'read as "{caption.read}"') for caption, error in read if error >= MISTAKEN]
    against = "written" if seen.planned else "said"
    fault = f"{rate:.0%} of the captions' letters are read otherwise than they are {against}, at {listed(bad)}."
    if not bad:
        fault = f"{rate:.0%} of the captions' letters are read otherwise than they are {against}."
    anchors = ERROR if seen.planned else HEARD_ERROR
    shown = f"{rate:.1%} of the letters misread"
    return [
        Finding(
            part("legible", rate, *anchors, shown, "none"), fault, OWNER, f"{fault[:-1]}: {LARGER[:-1]}, {BOLD}", bad
        )
    ]


def _standing_out(seen: CaptionsSeen) -> list[Finding]:
    measured = [caption for caption in seen.captions if caption.contrast]
    if not measured:
        return []
    ratio = float(np.percentile([caption.contrast for caption in measured], LOW))
    bad = [_shown(caption, f"contrast {caption.contrast:.1f}:1") for caption in measured if caption.contrast < PALE]
    fault = f"Captions stand out from what is behind them by only {ratio:.1f}:1, at {listed(bad)}."
    cure = f"{fault[:-1]}, where 4.5:1 is wanted: {BOLD}"
    return [Finding(part("contrast", ratio, *CONTRAST, f"{ratio:.1f}:1", "4.5:1"), fault, OWNER, cure, bad)]


def _sized(seen: CaptionsSeen, shape: float) -> Finding:
    form = "upright" if shape < UPRIGHT else "wide"
    broken, golden = SIZES[form]
    size = float(np.percentile([caption.size for caption in seen.captions], LOW))
    limit = broken + 0.8 * (golden - broken)
    bad = [_shown(caption, f"{caption.size:.1%} of the picture") for caption in seen.captions if caption.size < limit]
    side = "width" if form == "upright" else "height"
    fault = f"The captions' letters are {size:.1%} of the {side}, where {limit:.1%} is the least, at {listed(bad)}."
    shown, target = f"{size:.1%} of the {side}", f"{limit:.1%} or more"
    return Finding(part("size", size, broken, golden, shown, target), fault, OWNER, f"{fault[:-1]}: {LARGER}", bad)


def _paced(seen: CaptionsSeen) -> list[Finding]:
    """Score how fast captions go that were found: how long each shows is only known to the second, of all to less."""
    total = sum(caption.end - caption.start for caption in seen.captions)
    speed = sum(len(caption.read) for caption in seen.captions) / max(total, 1e-3)
    fault = f"The captions go too fast to be read: {speed:.0f} characters a second."
    whole = Evidence(start=seen.captions[0].start, end=seen.captions[-1].end, what="fast captions")
    shown = f"{speed:.0f} characters/s"
    cure = f"{fault} Leave filler words out of them."
    return [Finding(part("reading speed", speed, *SPEED, shown, "20 characters/s"), fault, OWNER, cure, [whole])]


def _placed(seen: CaptionsSeen, shape: float, platform: str) -> Finding:
    margins = VERTICAL.get(platform, ANY_VERTICAL) if shape < TALLEST else PLAIN
    bad = [_shown(caption, "outside the safe zone") for caption in seen.captions if _outside(caption, margins, shape)]
    count = f"{len(bad)} of {len(seen.captions)}"
    fault = f"{count} captions stand outside the safe zone, at {listed(bad)}."
    share = len(bad) / len(seen.captions)
    cure = f"{fault[:-1]}: choose a smaller size."
    return Finding(part("safe zone", share, *OUTSIDE, f"{count} at fault", "inside it"), fault, OWNER, cure, bad)


def _outside(caption: CaptionSeen, margins: Margins, shape: float) -> bool:
    """Say whether letters of a caption stand outside the safe zone, as far as its box tells."""
    # A line is about 1.4 em high in the reader's boxes.
    down = AROUND * 1.4 * caption.size * min(1.0, shape)
    across = down / shape
    left, right = caption.x + across, caption.x + caption.width - across
    top, low = caption.y + down, caption.y + caption.height - down
    fits_across = margins.side <= left and right <= 1 - margins.side
    return not (fits_across and margins.top <= top and low <= 1 - margins.bottom)


def _shown(caption: CaptionSeen, what: str) -> Evidence:
    return Evidence(start=caption.start, end=caption.end, what=f"{what}: {caption.text or caption.read}")


def facts(seen: CaptionsSeen) -> dict[str, float | str]:
    """Return what was measured of them."""
    looked: Sequence[CaptionSeen] = seen.captions
    errors = [caption.error for caption in looked if caption.error is not None]
    known: dict[str, float | str] = {"captions looked at": f"{len(looked)} of {seen.of}"}
    if errors:
        known["letters misread"] = round(float(np.mean(errors)), 4)
    if seen.unread:
        known["legible"] = f"not applicable: {seen.unread}"
    known["contrast on the picture, least"] = min(caption.contrast for caption in looked)
    known["size, share of the shorter side"] = min(caption.size for caption in looked)
    return known
