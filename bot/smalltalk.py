"""Small talk: what people say that wishes for nothing, as the offline director hears it."""

from __future__ import annotations

import re

_POLITE = (
    r"hi|hello|hey|good (?:morning|afternoon|evening)|thanks?|thank you|please|ok(?:ay)?|there|team|rushes|all|everyone"
    r"|(?:and )?here(?:'s| is| are|’s)?(?: (?:the|my|our|some|more|another|one))*"
    r"(?: (?:footage|files?|clips?|videos?|you go|it is|they are|one|it))?"
    r"|(?:and )?(?:some |one |two |a few )?more(?: (?:footage|files?|clips?))?(?: (?:to come|coming|follows?))?"
    r"|another one|this too"
)
_SMALL_TALK = re.compile(rf"(?:\W*\b(?:{_POLITE})\b)+\W*", re.IGNORECASE)
_SHORT = 120
"""Characters of a message within which it must have come to its wish."""
_EMOJI = re.compile(r":[a-z0-9_+'-]+:", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_OPEN = """
hi hello hey hiya good morning afternoon evening day night thanks thank please pls ok okay dear all everyone team folks
there rushes well oh yes yeah sure great perfect cool so just also too again soon maybe now then
i we you he she it they me us him her them my our their this that these those what which who how any some something
anything thing things stuff a an the and or but one two three few more another lot lots bit couple new
am is are was were be been m re s ve ll d t have has had got get do does did can could would will shall let may need
want like love help look see watch check know think go going come coming find send sent drop dropped share shared
upload uploaded attached bring brought put give recorded filmed shot took work
for to of in on at with from by about out up here today yesterday tonight week weekend last first
footage clip clips file files video videos film films movie material take takes shots recording recordings raw picture
pictures photo photos sound audio camera phone shoot idea ideas question job project
"""
"""Words of which none says what to make: greetings; who and what; how it came here; when, and what it is."""
_ASKED = "edit make cut open status jobs"
"""Words that wish for something, but not within a question."""


def says_nothing(text: str) -> bool:
    """Say whether a message only greets, thanks, or hands over: "and here are two more"."""
    words = _EMOJI.sub(" ", text)
    return not _WORD.search(words) or _SMALL_TALK.fullmatch(words[:_SHORT]) is not None


def is_vague(text: str) -> bool:
    """Say whether a message does not say what to make: "I have something for you", "can you help me with this?"."""
    words = {word.casefold() for word in _WORD.findall(_EMOJI.sub(" ", text))}
    known = f"{_OPEN} {_ASKED}" if text.rstrip().endswith("?") else _OPEN
    return words <= set(known.split())
