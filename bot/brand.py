"""`rushes brand`: make a brand kit, from what is said or from a video or picture that looks right, and show one."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from bot.app import App, ffmpeg_of
from bot.identity import files_of
from kernel.brand import BrandKit, Kit, check_logo, plainly, read_kit, write_kit
from kernel.document import told
from kernel.errors import BadInput
from kernel.reference import Guess, corner_of, guess, looks
from kernel.settings import Settings
from kernel.swatch_card import swatch_card
from kernel.worker.analysis.texts import Reader
from kernel.worker.ffmpeg import Ffmpeg

brand_cli = typer.Typer(help="Make a brand kit, and show one.", no_args_is_help=True, rich_markup_mode=None)
ROLES = ("primary", "accent", "ground", "text")
CARD = "swatches.png"


def carried(app: App, path: Path) -> dict[str, Any]:
    """Return what a turn carries along for a brand kit: the kit whole, and where its logo lies.

    Raises:
        BadInput: the kit or its logo cannot be used; one sentence.
    """
    found = opened(path, app.services.studio.ffmpeg)
    return {"brand": {"kit": found.kit.body(), "logo": str(found.logo.resolve()) if found.logo else None}}


def opened(path: Path, ffmpeg: Ffmpeg) -> Kit:
    """Read a kit and look at its logo.

    Raises:
        BadInput: it cannot be used; one sentence.
    """
    with tempfile.TemporaryDirectory() as work:
        return read_kit(path, ffmpeg, Path(work))


@brand_cli.command()
def make(
    folder: Annotated[Path, typer.Argument(metavar="KIT", help="The folder that becomes the kit.")],
    name: Annotated[str | None, typer.Option(help="Whose kit it is; the folder's name without it.")] = None,
    colour: Annotated[
        list[str] | None,
        typer.Option(help="#rrggbb, or ROLE=#rrggbb: primary, accent, ground or text. May be repeated."),
    ] = None,
    logo: Annotated[Path | None, typer.Option(help="A picture, best a PNG with a transparent ground.")] = None,
    corner: Annotated[str | None, typer.Option(help="top_left, top_right, bottom_left or bottom_right.")] = None,
    size: Annotated[float | None, typer.Option(help="Width of the logo, as a share of the short side.")] = None,
    no_marks: Annotated[
        bool, typer.Option("--no-marks", help="No logo or watermark but this one may be seen.")
    ] = False,
    font: Annotated[str | None, typer.Option(help="Family of captions and titles.")] = None,
    caption_style: Annotated[
        str | None, typer.Option(help="clean, subtle, bold, karaoke, marker, boxed or pop.")
    ] = None,
    caption_case: Annotated[str | None, typer.Option(help="as spoken, upper or lower.")] = None,
    caption_colour: Annotated[str | None, typer.Option(help="#rrggbb of the letters, or of their box.")] = None,
    highlight: Annotated[str | None, typer.Option(help="#rrggbb of the word that is spoken.")] = None,
    position: Annotated[str | None, typer.Option(help="bottom, middle or top.")] = None,
    reference: Annotated[
        Path | None, typer.Option("--from", help="A video or picture that looks right: the rest is guessed from it.")
    ] = None,
) -> None:
    """Make a brand kit: a folder with kit.json, the logo and a picture of it."""
    ffmpeg = ffmpeg_of(Settings.from_environment())
    captions = {
        "style": caption_style,
        "case": caption_case,
        "colour": caption_colour,
        "highlight": highlight,
        "position": position,
    }
    seen = _guessed(reference, ffmpeg) if reference else None
    body = {
        "name": name or folder.resolve().name,
        "colours": _colours(colour or []) or [each.model_dump() for each in (seen.colours if seen else ())],
        "fonts": {"captions": font, "titles": font},
        "logo": _logo(logo, corner, size, seen),
        "no_marks": no_marks,
        "captions": {**(seen.captions.asked if seen else {}), **{k: v for k, v in captions.items() if v}},
    }
    typer.echo(_made(folder, body, logo, ffmpeg))
    if seen:
        typer.echo(_guesses(seen, logo))


def _made(folder: Path, body: dict[str, Any], logo: Path | None, ffmpeg: Ffmpeg) -> str:
    """Check a kit whole, then write it, and return what it asks for."""
    try:
        kit = BrandKit.model_validate(body)
    except ValidationError as error:
        raise BadInput(f"No kit was made: {plainly(told(error))}.") from error
    with tempfile.TemporaryDirectory() as work:
        if logo:
            check_logo(logo, ffmpeg, Path(work))
    folder.mkdir(parents=True, exist_ok=True)
    if logo and kit.logo and logo.resolve() != (folder / kit.logo.file).resolve():
        shutil.copyfile(logo, folder / kit.logo.file)
    write_kit(kit, folder)
    return _shown(folder, ffmpeg)


def _shown(path: Path, ffmpeg: Ffmpeg) -> str:
    found = opened(path, ffmpeg)
    out = (path if path.is_dir() else path.parent) / CARD
    with tempfile.TemporaryDirectory() as work:
        swatch_card(found, out, ffmpeg, Path(work))
    return "\n".join([*found.kit.lines(), f"card: {out}"])


def _colours(given: list[str]) -> list[dict[str, str]]:
    """Return colours with their roles: named, else in the order primary, accent, ground, text."""
    pairs = [each.rpartition("=") for each in given]
    return [{"colour": colour, "role": role or ROLES[min(number, 3)]} for number, (role, _, colour) in enumerate(pairs)]


def _logo(logo: Path | None, corner: str | None, size: float | None, seen: Guess | None) -> dict[str, Any] | None:
    if logo is None:
        return None
    files_of([logo])
    spot = seen.logo if seen else None
    found = {"corner": corner or (corner_of(spot) if spot else None), "size": size or (seen.size if seen else None)}
    return {"file": logo.name, **{name: value for name, value in found.items() if value}}


def _guessed(reference: Path, ffmpeg: Ffmpeg) -> Guess:
    files_of([reference])
    with tempfile.TemporaryDirectory() as work:
        return guess(looks(reference.resolve(), ffmpeg, Path(work)), Reader())


def _guesses(seen: Guess, logo: Path | None) -> str:
    """Say what was guessed, and from what, so that a person looks at it."""
    lines = [f"guessed: {len(seen.colours)} colours; captions from {seen.read} lines of writing. Look at them."]
    if seen.logo:
        spot, where = seen.logo, corner_of(seen.logo).replace("_", " ")
        lines.append(
            f"a mark stands still in the {where}: {spot.x:.0%} from the left, {spot.y:.0%} from the top,"
            f" {spot.width:.0%} wide." + ("" if logo else " Give its file with --logo.")
        )
    return "\n".join(lines)


@brand_cli.command()
def show(kit: Annotated[Path, typer.Argument(metavar="KIT", help="Its folder, or the kit.json in it.")]) -> None:
    """Print what a kit asks for, and draw its colours, logo and letters as a picture beside it."""
    typer.echo(_shown(kit, ffmpeg_of(Settings.from_environment())))
