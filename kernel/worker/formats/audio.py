"""audio: the sound alone, for a podcast or for another desk."""

from __future__ import annotations

from kernel.worker.formats.base import Format
from kernel.worker.formats.sounds import AAC, MP3, WAV

M4A = Format("m4a", ".m4a", "the sound alone, as AAC", "mp4", sound=AAC)
MP3_FORMAT = Format("mp3", ".mp3", "the sound alone, as MP3", "mp3", sound=MP3)
WAV_FORMAT = Format("wav", ".wav", "the sound alone, uncompressed", "wav", sound=WAV)
