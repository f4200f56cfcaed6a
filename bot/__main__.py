"""The command line `rushes` (also `python -m bot`)."""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console as Terminal
from rich.text import Text

from bot import look, setup, timelines
from bot import work as working
from bot.app import build
from bot.brand import brand_cli, carried
from bot.chat import Chatting
from bot.edit import Editing, Finished, Order
from bot.golden import golden_cli
from bot.identity import files_of, local_user
from bot.places import PLACES
from bot.rules_cli import rules_cli
from bot.scoring import Question, score_file
from bot.surfaces.console import Console
from kernel.errors import BadInput, RushesError
from kernel.settings import Settings
from kernel.store.records import new_id
from kernel.worker.formats import FORMATS
from kernel.worker.formats.mp4 import MP4

cli = typer.Typer(
    help="Rushes, a film editor: footage and a brief in, a finished video out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
cli.add_typer(brand_cli, name="brand")
cli.add_typer(golden_cli, name="golden")
cli.add_typer(rules_cli, name="rules")
JobId = Annotated[str, typer.Argument(metavar="JOB", help="The job's id, or its first letters.")]


@cli.command()
def edit(
    footage: Annotated[list[Path], typer.Argument(metavar="FOOTAGE...", help="Videos, sound and pictures to edit.")],
    brief: Annotated[str, typer.Option(help='What to make of it: "30 seconds, vertical, captions".')],
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Where to put the video.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Approve every gate as yourself; the trace says so.")] = False,
    model: Annotated[str | None, typer.Option(help="openai:NAME, anthropic:NAME, or offline.")] = None,
    brand: Annotated[Path | None, typer.Option(help="A brand kit, as `rushes brand make` makes one.")] = None,
    new: Annotated[bool, typer.Option("--new", help="Start another job even if this one is known.")] = False,
) -> None:
    """Edit footage to a brief. The same command again goes on with an unfinished job."""
    options = {"model": model} if model else {}
    other = next((f.name for f in FORMATS if out and f.suffix == out.suffix.lower() != MP4.suffix), "")
    if out and other:
        raise BadInput(f'The video is an mp4: call it {out.stem}.mp4, and say "also as {other}" in the brief.')
    files_of(footage)
    _edit(Order(tuple(footage), brief, out, yes, new, options, brand))


def _edit(order: Order, settings: Settings | None = None) -> None:
    with build(settings or Settings.from_environment(), fetchers=PLACES) as app:
        setup.require_registered(app)
        terminal = Terminal(highlight=False)
        console = Console(app.office, terminal)
        console.say(setup.who_edits(app, str(order.options.get("model") or "")))
        try:
            _tell_finished(Editing(app, console, order).whole(), terminal)
        finally:
            console.close()


def _tell_finished(finished: Finished, terminal: Terminal) -> None:
    terminal.print(Text("Finished.", style="bold green"))
    for name, path in finished.files.items():
        terminal.print(Text(f"  {name:<11} {path}"), soft_wrap=True)
    terminal.print(Text(f"  {'trace':<11} rushes trace {finished.job.id[:8]}"))


@cli.command()
def chat(
    brand: Annotated[Path | None, typer.Option(help="A brand kit, as `rushes brand make` makes one.")] = None,
) -> None:
    """Talk with the editor in this terminal: drop paths, say what you want, approve, change."""
    with build(Settings.from_environment(), fetchers=PLACES) as app:
        setup.require_registered(app)
        settings = carried(app, brand) if brand else None
        Chatting(app, Console(app.office, Terminal(highlight=False)), sys.stdin, settings=settings).whole()


@cli.command()
def status(
    job: Annotated[str | None, typer.Argument(metavar="[JOB]", help="One job; all of them without it.")] = None,
) -> None:
    """Show how the jobs stand."""
    with look.reading() as app:
        typer.echo(look.status(app, job))


@cli.command()
def show(job: JobId, step: Annotated[str, typer.Argument(help="The step whose newest document to show.")]) -> None:
    """Show a step's document as JSON."""
    with look.reading() as app:
        typer.echo(look.document(app, job, step))


@cli.command()
def trace(job: JobId) -> None:
    """Show what happened, span by span: steps, models, tools, ffmpeg."""
    with look.reading() as app:
        typer.echo(look.trace(app, job))


@cli.command()
def logs(
    job: JobId,
    level: Annotated[str | None, typer.Option(help="Only this level and worse: debug, info, warning, error.")] = None,
) -> None:
    """Show a job's log lines, with the exact command and its error output where ffmpeg failed."""
    with look.reading() as app:
        typer.echo(look.logs(app, job, level))


@cli.command()
def pause(job: JobId) -> None:
    """Stop a job where it is; nothing finished is lost."""
    with look.deciding() as app:
        app.office.jobs.pause(app.services.store.jobs.get(job), local_user())
    typer.echo("Paused. `rushes resume` goes on.")


@cli.command()
def cancel(job: JobId) -> None:
    """End a job for good; its documents stay."""
    with look.deciding() as app:
        app.office.jobs.cancel(app.services.store.jobs.get(job), local_user())
    typer.echo("Cancelled.")


@cli.command()
def resume(job: JobId) -> None:
    """Let a paused or failed job go on, up to the next approval or its end."""
    with build(Settings.from_environment(), fetchers=PLACES) as app:
        found = app.services.store.jobs.get(job)
        console = Console(app.office, Terminal(highlight=False))
        Chatting(app, console, sys.stdin, found.conversation).go_on(found, new_id())


@cli.command()
def render(
    plan: Annotated[
        Path, typer.Argument(metavar="PLAN.json", help="An EditPlan, as `rushes show JOB plan` prints it.")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="Where to put the video.")],
    source: Annotated[
        list[str] | None, typer.Option(help="Where a source lies: s1=PATH. Known files are found by themselves.")
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="540 lines, in seconds.")] = False,
    format: Annotated[
        str | None,
        typer.Option("--format", help="What the file is, where its suffix does not say: hevc or av1 for .mp4."),
    ] = None,
) -> None:
    """Render a plan without any conversation. The suffix says what it becomes: mp4, webm, mov, gif, m4a, mp3, wav, or a
    zip of stills."""
    files_of([plan])
    with look.reading() as app:
        typer.echo(look.render_plan(app, plan, out, source or [], "preview" if preview else "final", format))


@cli.command("export")
def export_job(
    job: JobId,
    format: Annotated[
        list[str] | None, typer.Option("--format", help="otio, fcpxml, edl, srt or vtt; all of them without it.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="The folder to write to.")] = Path(),
) -> None:
    """Write a job's plan as timelines for an editing program, and its captions."""
    with look.reading() as app:
        typer.echo(timelines.export(app.office, app.services.store.jobs.get(job), format or (), out))


@cli.command("import")
def import_timeline(
    job: JobId,
    timeline: Annotated[Path, typer.Argument(metavar="TIMELINE", help="An otio, fcpxml or edl file, as edited.")],
) -> None:
    """Make a timeline that was edited elsewhere the next version of a job's plan."""
    with look.deciding() as app:
        found = app.services.store.jobs.get(job)
        typer.echo(timelines.bring_in(app.office, found, timeline, local_user(), new_id()))
        typer.echo(timelines.next_of(app.office, found), nl=bool(timelines.next_of(app.office, found)))


@cli.command()
def score(
    video: Annotated[Path, typer.Argument(help="The video to measure.")],
    plan: Annotated[Path | None, typer.Option(help="The EditPlan that it was made from.")] = None,
    brand: Annotated[Path | None, typer.Option(help="The brand kit that it is to fit.")] = None,
    brief: Annotated[str, typer.Option(help="What was asked for, in words.")] = "",
    source: Annotated[list[str] | None, typer.Option(help="Where a source of the plan lies, as s1=PATH.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="The folder for the picture and the page; the video's own by default.")
    ] = None,
) -> None:
    """Measure a video; print its scorecard, and write it as a picture and as a page with the evidence."""
    files_of([video])
    with look.reading() as app:
        typer.echo(score_file(app, Question(video, plan, brand, brief, source or (), out)))


@cli.command()
def slack(
    manifest: Annotated[bool, typer.Option("--manifest", help="Print the app's manifest, and nothing else.")] = False,
    http: Annotated[
        str | None, typer.Option(metavar="HOST:PORT", help="Take signed requests there in place of opening a socket.")
    ] = None,
    no_work: Annotated[
        bool, typer.Option("--no-work", help="Keep no worker beside: `rushes work` runs apart.")
    ] = False,
    pages: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT", help="Answer browsers there, beside the socket: big files, and to install the bot."
        ),
    ] = None,
) -> None:
    """Be in Slack: listen, show, and keep a worker beside. Needs the tokens of a Slack app; --manifest makes one."""
    from bot.surfaces.slack import serve
    from bot.surfaces.slack.manifest import manifest as printed

    settings = Settings.from_environment()
    if manifest:
        typer.echo(json.dumps(printed(settings.public_url if http else None, settings.public_url), indent=2))
        return
    places = [serve.address(place) if place else None for place in (http, pages)]
    serve.serve(settings, serve.Options(places[0], not no_work, places[1]), typer.echo)


@cli.command()
def work(
    until_stdin_closes: Annotated[
        bool, typer.Option("--until-stdin-closes", help="End when whoever started this has ended.")
    ] = False,
) -> None:
    """Work on what was asked for elsewhere: make steps, render, answer. As many of these as there are machines."""
    until = threading.Event()
    working.when_told(until, stdin_closes=until_stdin_closes)
    working.work(Settings.from_environment(), typer.echo, until)


@cli.command()
def doctor() -> None:
    """Say what this machine has, what is missing, and what to type."""
    text, well = setup.doctor(Settings.from_environment())
    typer.echo(text)
    raise typer.Exit(0 if well else 1)


@cli.command("setup")
def set_up() -> None:
    """Set up the database, register the bot and its experts, check ffmpeg and the speech models."""
    typer.echo(setup.set_up(Settings.from_environment()))


@cli.command()
def demo(new: Annotated[bool, typer.Option("--new", help="Make it once more from the start.")] = False) -> None:
    """Edit the footage that comes along: a narration over two cities at night, with music."""
    folder = setup.ROOT / "tests" / "footage"
    footage = (folder / "speech_two_cities_44s.flac", folder / "broll_city_mpeg2.mpg")
    brief = "30 seconds, vertical, captions, music. Title: Two cities. End on a finished sentence."
    # Its footage is Rushes' own, so that it needs no box.
    settings = Settings.from_environment().model_copy(update={"weak_box": True})
    _edit(Order(footage, brief, Path("demo.mp4"), True, new, {"model": "offline"}), settings)


def main() -> None:
    """Run the command line: an error of ours is one sentence and exit status 1, never a stack trace."""
    try:
        cli(standalone_mode=True)
    except RushesError as error:
        Terminal(stderr=True, highlight=False).print(Text(f"rushes: {error}", style="red"), soft_wrap=True)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        Terminal(stderr=True).print("Stopped here. The same command goes on with it; nothing finished is lost.")
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
