"""Timelines in and out: a plan goes to an editing program as a file, and the edited file becomes its next version.

To add a format: a file with its `TimelineFormat`, one line in `TIMELINES`; the contract test runs its promise.
"""

from kernel.worker.timelines.edl import EDL
from kernel.worker.timelines.fcpxml import FCPXML
from kernel.worker.timelines.otio import OTIO
from kernel.worker.timelines.srt import SRT
from kernel.worker.timelines.vtt import VTT

TIMELINES = (OTIO, FCPXML, EDL, SRT, VTT)
