"""The watch over a subchat's end: a document handed in, and the marker alone on the expert's own last line.

The marker inside tool output, a transcript or a quote ends nothing, and neither does one in a message that was cut off
or that calls anything but `hand_in`.
"""

from __future__ import annotations

import re

from kernel.messages import Reply

MARKER = "AGENT_COMPLETE"
FENCE = re.compile(r"\s*(`{3,}(?=[^`]*$)|~{3,})(.*)")
"""A line that opens or closes a code fence, as CommonMark has it: its mark, and what stands behind."""
NUDGE = f"Hand in your document with hand_in, and end with {MARKER} alone on the last line of your message."


def marked(reply: Reply) -> bool:
    """Tell whether a reply bears the end marker as the expert's own last line."""
    if reply.stop not in ("end", "tools") or any(call.name != "hand_in" for call in reply.message.calls):
        return False
    lines = reply.message.text.rstrip().splitlines()
    return bool(lines) and lines[-1].strip() == MARKER and not _is_fenced(lines)


def _is_fenced(lines: list[str]) -> bool:
    """Tell whether the last line lies inside an open code fence: a quote, not a word of its own."""
    fence = ""
    for line in lines[:-1]:
        found = FENCE.match(line)
        if not found:
            continue
        mark, rest = found.groups()
        if not fence:
            fence = mark
        elif mark.startswith(fence) and not rest.strip():
            fence = ""
    return bool(fence)
