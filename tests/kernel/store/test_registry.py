"""The registry."""

from __future__ import annotations

from kernel.store import Store
from kernel.store.records import Bot, ExpertRow


def expert(prompt: str, tier: str = "large") -> ExpertRow:
    return ExpertRow(name="edit.plan", step="plan", pipeline="edit", prompt_hash=prompt, prompt_path="p.j2", tier=tier)


def test_the_bot_is_registered_as_it_is_now(store: Store) -> None:
    store.registry.register_bot(Bot(name="rushes", version="1"))
    newer = Bot(name="rushes", version="2", settings_schema={"type": "object"}, schedules=({"cron": "0 9 * * 1"},))
    store.registry.register_bot(newer)
    assert store.registry.bot("rushes") == newer
    assert store.registry.bot("other") is None


def test_an_expert_gets_a_new_version_when_its_prompt_changes_and_then_only(store: Store) -> None:
    seen = [store.registry.register_expert(expert(prompt)).version for prompt in ("a", "a", "b", "b", "a")]
    assert seen == [1, 1, 2, 2, 3]


def test_what_else_changes_in_an_expert_is_kept_in_its_version(store: Store) -> None:
    store.registry.register_expert(expert("a"))
    assert store.registry.register_expert(expert("a", tier="small")).version == 1
    assert [row.tier for row in store.registry.experts()] == ["small"]


def test_experts_are_listed_in_their_newest_version(store: Store) -> None:
    for prompt in ("a", "b"):
        store.registry.register_expert(expert(prompt))
    store.registry.register_expert(expert("x").model_copy(update={"name": "edit.log", "step": "log"}))
    assert [(row.name, row.version) for row in store.registry.experts()] == [("edit.log", 1), ("edit.plan", 2)]
