"""The pipelines there are. To add one: a folder beside `edit/`, its prompts, one line here."""

from experts.edit.pipeline import EDIT

PIPELINES = (EDIT,)
