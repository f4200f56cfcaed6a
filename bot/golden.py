"""`rushes golden`: list the golden renders, and write them as a data set to train a style on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import look
from kernel.errors import BadInput
from kernel.store import Store
from kernel.store.records import Golden

golden_cli = typer.Typer(help="Show the golden renders, and write them as a data set.", rich_markup_mode=None)
NONE = "There is no golden render yet: one is kept when every metric is above 0.85 and a person approves the scorecard."
DATA, FIELDS = "goldens.jsonl", "README.md"
README = (
    "One golden render a line of goldens.jsonl, as JSON: `job` (id), `created` (UTC), `profile` (the kind), `brand`"
    " (name, or empty), `asker`, `approved_by`, `brief` (what was asked for), `scores` (by metric, 0 to 1), `sources`"
    " (id in the plan, sha256 of the file, role), `plan` (the EditPlan; `plan_version` is that of its schema).\n"
)


@golden_cli.callback(invoke_without_command=True)
def listing(context: typer.Context) -> None:
    """List the golden renders, newest first."""
    if context.invoked_subcommand is None:
        with look.reading() as app:
            typer.echo(listed(app.services.store))


@golden_cli.command("export")
def export(folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to write the data set.")]) -> None:
    """Write plan, sources' hashes, scores and brief of every golden render as JSON lines."""
    with look.reading() as app:
        typer.echo(exported(app.services.store, folder))


def listed(store: Store) -> str:
    """Return a line for each golden render: job, when, profile, brand, lowest score, what was asked for."""
    return "\n".join(_line(golden) for golden in store.goldens.list()) or NONE


def _line(golden: Golden) -> str:
    lowest = min(golden.scores, key=lambda name: golden.scores[name])
    asked = " ".join(str(golden.brief.get("text") or "").split())
    about = ", ".join(filter(None, (golden.profile, golden.brand)))
    low = f"lowest {100 * golden.scores[lowest]:.0f} ({lowest})"
    return f"{golden.job[:8]}  {golden.created:%Y-%m-%d %H:%M}  {about:<14} {low:<26} {asked[:70]}".rstrip()


def exported(store: Store, folder: Path) -> str:
    """Write the data set and return what was written.

    Raises:
        BadInput: the folder cannot be written to.
    """
    goldens = store.goldens.list()
    if not goldens:
        return f"{NONE} Nothing was written."
    lines = [json.dumps(row, ensure_ascii=False, sort_keys=True) for row in _rows(store, goldens)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _put(folder / DATA, "".join(f"{line}\n" for line in lines))
        _put(folder / FIELDS, README)
    except OSError as error:
        raise BadInput(f"{folder} cannot be written ({error.strerror}): name another folder.") from error
    many = f"{len(lines)} golden render{'s' * (len(lines) > 1)}"
    return f"{many} written to {folder / DATA}; {FIELDS} beside it names the fields."


def _rows(store: Store, goldens: list[Golden]) -> Iterator[dict[str, Any]]:
    """Yield the rows of the data set, oldest first."""
    for golden in reversed(goldens):
        plan = store.documents.get(golden.documents["plan"], golden.job)
        sources = [asset for asset in store.assets.list(golden.job) if asset.source]
        told = golden.model_dump(mode="json", include={"job", "profile", "brand", "asker", "approved_by", "created"})
        yield {
            **told,
            "brief": golden.brief,
            "scores": golden.scores,
            "sources": [{"id": asset.source, "hash": asset.hash, "role": asset.role} for asset in sources],
            "plan": plan.body,
            "plan_version": plan.schema_version,
        }


def _put(path: Path, text: str) -> None:
    half = path.with_name(f".{path.name}.part")
    half.write_text(text, encoding="utf-8")
    half.replace(path)
