"""The kinds of sound that formats carry."""

from __future__ import annotations

from kernel.worker.formats.base import SoundKind

QUICK = ("-c:a", "aac", "-b:a", "256k", "-aac_coder", "fast", "-aac_ms", "0", "-aac_is", "0", "-aac_pns", "0")
"""Twice as quick as ffmpeg's defaults at 192 kbit/s; its noise lies as deep or deeper under music and deep enough under
speech, since what joint stereo saves is not needed at this rate."""
PLAIN = ("-flags:a", "+bitexact", "-fflags", "+bitexact", "-map_metadata", "-1")

AAC = SoundKind(".m4a", "mp4", (*QUICK, "-aac_tns", "0", *PLAIN))
OPUS = SoundKind(".webm", "webm", ("-c:a", "libopus", "-b:a", "160k", "-frame_duration", "20", *PLAIN))
MP3 = SoundKind(".mp3", "mp3", ("-c:a", "libmp3lame", "-b:a", "192k", "-write_xing", "1", *PLAIN))
PCM = SoundKind(".mov", "mov", ("-c:a", "pcm_s24le", *PLAIN))
WAV = SoundKind(".wav", "wav", ("-c:a", "pcm_s24le", *PLAIN))
