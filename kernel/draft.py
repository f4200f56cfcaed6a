"""The tools by which an expert writes its document: whole or part by part, with a check, until it is handed in.

The draft is a value that travels through the calls: state = {"draft": body, "handed_in": bool}.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin

import jsonpatch
from pydantic import Field, create_model
from pydantic.fields import FieldInfo

from kernel.document import Document, Value, canonical
from kernel.errors import BadCall, BadDocument
from kernel.expert import Expert
from kernel.guard import require_within
from kernel.notes import notes
from kernel.tool import Answer, State, Tool

Body = dict[str, Any]


@dataclass(frozen=True)
class Desk:
    """What an expert's tools may look at."""

    expert: Expert
    documents: Mapping[str, Document]
    previous: Mapping[str, Any] | None = None
    fields: tuple[str, ...] = ()
    """What a rerun may change; empty for all."""


class Change(Value):
    """One change of the draft."""

    op: Literal["add", "replace", "remove"]
    path: str
    """JSON pointer: /selects/0/why; with add, /selects/1 puts a new item before the second, /selects/- at the end."""
    value: str | None = None
    """The new value as JSON text: words in their own quotes ("\\"large\\"", "1.5", "{...}"); null for remove."""


class Patch(Value):
    """Change parts of the draft and leave the rest as it is. Changes apply in their order; all of them or none. The
    numbers in paths are positions in the draft as the changes before left it: a remove moves those behind it up."""

    changes: list[Change]


class Check(Value):
    """Say what breaks the schema or the rules in the draft as it stands. `write`, `add_` and `patch` say the same by
    themselves, and hand_in checks once more: use it only on a draft that you did not touch."""


class ShowDraft(Value):
    """Show the draft as it stands, as JSON. You rarely need it: the first message shows it, and each change is told."""


class HandIn(Value):
    """Hand in the draft as your document. It is checked; if something is wrong you are told and may mend it."""


def tools_of(expert: Expert) -> tuple[Tool[Desk], ...]:
    """Return all tools of an expert: those it looks with, and those it writes its document with."""
    return (*expert.tools, _write(expert), *_adders(expert), *_FINISHERS)


def start(expert: Expert, documents: Mapping[str, Document], previous: Mapping[str, Any] | None) -> Body:
    """Return the state that a subchat begins with: the previous document, a drawn-up draft, or nothing."""
    if previous is not None:
        return {"draft": dict(previous), "handed_in": False}
    drawn = expert.draft(documents) if expert.draft else {}
    return {"draft": json.loads(canonical(dict(drawn))), "handed_in": False}


def problems(desk: Desk, draft: Mapping[str, Any]) -> list[str]:
    """Say all that is wrong with a draft, one sentence each."""
    if "\\u0000" in canonical(draft):
        return ["There is a NUL character in the draft: take it out."]
    try:
        document = desk.expert.document.read(draft)
    except BadDocument as error:
        return [str(error)]
    found = document.problems(desk.documents)
    if desk.expert.rules:
        found = [*found, *desk.expert.rules(document, desk.documents)]
    return found


def _write(expert: Expert) -> Tool[Desk]:
    whole = create_model(
        "Whole",
        __base__=Value,
        __doc__=expert.document.__doc__,
        **{
            name: _worded(field, notes(expert.document).get(name))
            for name, field in expert.document.model_fields.items()
            if name not in expert.fixed
        },
    )
    arguments = create_model("Write", __base__=Value, __doc__=_WRITE, document=(whole, ...))

    def run(given: Any, state: State, desk: Desk) -> Answer:
        kept = {name: state["draft"][name] for name in expert.fixed if name in state["draft"]}
        return _drafted({**given.document.model_dump(mode="json"), **kept}, desk)

    return Tool("write", arguments, run)


def _worded(field: FieldInfo, words: str | None) -> Any:
    """Return a field as another model may have it, with the words that stand under it."""
    known: Any = field.asdict()
    kind, attributes = known["annotation"], known["attributes"]
    noted = Field(**{**attributes, "description": attributes["description"] or words})
    return Annotated[kind, *known["metadata"], noted]


_WRITE = "Write the whole document at once, in place of the draft. For a long one use the add_ tools part by part."


def _adders(expert: Expert) -> list[Tool[Desk]]:
    lists = {
        name: get_args(field.annotation)[0]
        for name, field in expert.document.model_fields.items()
        if get_origin(field.annotation) is tuple and ... in get_args(field.annotation) and name not in expert.fixed
    }
    return [_adder(name, kind) for name, kind in lists.items()]


def _adder(name: str, kind: Any) -> Tool[Desk]:
    arguments = create_model(
        f"Add{name.title()}",
        __base__=Value,
        __doc__=f"Add items at the end of the draft's {name}.",
        items=(list[kind], ...),
    )

    def run(given: Any, state: State, desk: Desk) -> Answer:
        items = given.model_dump(mode="json")["items"]
        draft = {**state["draft"], name: [*state["draft"].get(name, []), *items]}
        return _drafted(draft, desk)

    return Tool(f"add_{name}", arguments, run)


def _patch(given: Patch, state: State, desk: Desk) -> Answer:
    if any(change.path.strip("/").split("/")[0] in desk.expert.fixed for change in given.changes):
        raise BadCall(f"The kernel fills in {', '.join(desk.expert.fixed)}: leave them as they are.")
    try:
        operations = [_operation(change) for change in given.changes]
        draft = jsonpatch.apply_patch(dict(state["draft"]), operations)
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException, json.JSONDecodeError, TypeError) as error:
        raise BadCall(f"This patch does not fit the draft, nothing was changed: {error}.") from error
    if not isinstance(draft, dict) or any(change.path in ("", "/") for change in given.changes):
        raise BadCall("A patch changes parts of the draft: use write for the whole of it.")
    return _drafted(draft, desk)


def _operation(change: Change) -> Body:
    if change.op == "remove":
        return {"op": "remove", "path": change.path}
    return {"op": change.op, "path": change.path, "value": json.loads(change.value or "null")}


def _check(_: Check, state: State, desk: Desk) -> Answer:
    found = _told(problems(desk, state["draft"])) or "All is well: hand it in."
    return Answer(text=f"{found}{_amounts(desk, state['draft'])}", state=dict(state))


def _show(_: ShowDraft, state: State, desk: Desk) -> Answer:
    shown = {name: value for name, value in _ordered(desk, state["draft"]).items() if name not in desk.expert.fixed}
    return Answer(text=laid_out(shown), state=dict(state))


def _ordered(desk: Desk, draft: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a draft in the order of its schema, where it fits it."""
    try:
        return desk.expert.document.read(draft).body()
    except BadDocument:
        return draft


def laid_out(body: Mapping[str, Any]) -> str:
    """Return a document as JSON text with a line for each field and each item of a list: good to read, few tokens."""
    return "{\n" + ",\n".join(f"{_json(name)}: {_field(value)}" for name, value in body.items()) + "\n}"


def _field(value: Any) -> str:
    if not isinstance(value, list | tuple) or not value:
        return _json(value)
    return "[\n" + ",\n".join(f" {_json(item)}" for item in value) + "\n]"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _amounts(desk: Desk, draft: Mapping[str, Any]) -> str:
    """Say what a draft amounts to where its expert can tell; one that does not fit its schema amounts to nothing."""
    if desk.expert.tells is None:
        return ""
    try:
        told = desk.expert.tells(desk.expert.document.read(draft), desk.documents)
    except BadDocument:
        return ""
    return f" {told}" if told else ""


def _hand_in(_: HandIn, state: State, desk: Desk) -> Answer:
    found = problems(desk, state["draft"])
    if found:
        raise BadDocument(f"Not handed in. {_told(found)}")
    body = desk.expert.document.read(state["draft"]).body()
    if desk.previous is not None and desk.fields:
        require_within(desk.previous, body, desk.fields)
    return Answer(text="Handed in.", state={"draft": body, "handed_in": True})


def _drafted(draft: Body, desk: Desk) -> Answer:
    try:
        carried = json.loads(canonical(draft))
        canonical(draft).encode()
    except ValueError as error:
        raise BadCall(f"The draft cannot be kept, nothing was changed: {error}.") from error
    found = problems(desk, carried)
    text = f"Drafted. Still to mend: {_told(found)}" if found else "Drafted; it fits the schema and the rules."
    return Answer(text=f"{text}{_amounts(desk, carried)}", state={"draft": carried, "handed_in": False})


def _told(found: list[str]) -> str:
    more = f" ... and {len(found) - 12} more." if len(found) > 12 else ""
    return " ".join(found[:12]) + more


_FINISHERS: tuple[Tool[Desk], ...] = (
    Tool("patch", Patch, _patch),
    Tool("check", Check, _check),
    Tool("show_draft", ShowDraft, _show),
    Tool("hand_in", HandIn, _hand_in),
)
