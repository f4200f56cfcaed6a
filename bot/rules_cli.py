"""`rushes rules`: what holds in each channel, and a way back where those who alone may change it have left."""

from __future__ import annotations

from typing import Annotated

import typer

from bot import look
from bot.house_rules import OPERATOR, Rules, change_at, rules_at, rules_text
from bot.replies import SLACK
from kernel.errors import NotFound
from kernel.store import Store
from kernel.store.records import new_id

rules_cli = typer.Typer(help="Show what holds in channels, and free one.", rich_markup_mode=None)
NONE = "No channel has rules of its own yet: they are set in Slack, by `/rushes rules`."


@rules_cli.callback(invoke_without_command=True)
def listing(context: typer.Context) -> None:
    """Show what holds in each channel that has rules of its own."""
    if context.invoked_subcommand is None:
        with look.reading() as app:
            typer.echo(listed(app.services.store))


@rules_cli.command("free")
def free(place: Annotated[str, typer.Argument(metavar="TEAM:CHANNEL", help="As the list names it.")]) -> None:
    """Take a channel's approvers back, where none of them is there any more: all else stays."""
    with look.reading() as app:
        typer.echo(freed(app.services.store, place))


def listed(store: Store) -> str:
    """Return the rules of each channel, under its name."""
    return "\n\n".join(f"{place}\n{rules_text(rules_at(store, SLACK, place))}" for place in _places(store)) or NONE


def freed(store: Store, place: str) -> str:
    """Let the usual approvers hold in a channel again, for what waits there too, and return what holds now.

    Raises:
        NotFound: no such channel has rules.
    """
    if place not in _places(store):
        raise NotFound(f"No channel {place!r} has rules of its own: `rushes rules` lists those that have.")
    usual = Rules()

    def make(before: Rules) -> Rules:
        names = ("approvers", "who", "rule", "self_approval")
        return before.model_copy(update={name: getattr(usual, name) for name in names})

    return rules_text(change_at(store, SLACK, place, make, OPERATOR, f"{OPERATOR}:{new_id()}"))


def _places(store: Store) -> list[str]:
    return store.house_rules.places(SLACK)
