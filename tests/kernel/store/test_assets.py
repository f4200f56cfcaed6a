"""Assets."""

from __future__ import annotations

import pytest

from kernel.errors import NotFound
from kernel.store import Store
from kernel.store.records import Asset, Job


def clip(job: Job, **values: object) -> Asset:
    given = {
        "job": job.id,
        "hash": "ab" * 32,
        "role": "raw_footage",
        "name": "talk.mp4",
        "url": "/a/talk.mp4",
        "size": 5,
    }
    return Asset.model_validate(given | values)


def test_a_file_is_kept_once_per_job(store: Store, job: Job) -> None:
    kept = store.assets.keep(clip(job, metadata={"duration": 2.5, "codecs": ["h264"]}, source="s1"))
    assert store.assets.keep(clip(job, name="copy.mp4")) == kept
    assert store.assets.list(job.id) == [kept]
    assert store.assets.get(kept.hash) == kept


def test_files_bigger_than_four_gigabytes_keep_their_size(store: Store, job: Job) -> None:
    assert store.assets.keep(clip(job, size=7 * 1024**3)).size == 7 * 1024**3


def test_the_same_file_in_two_jobs_is_found_in_the_one_that_is_named(store: Store, job: Job) -> None:
    other = store.jobs.create(Job(pipeline="edit", title="other"))
    mine, theirs = store.assets.keep(clip(job)), store.assets.keep(clip(other, name="theirs.mp4"))
    assert store.assets.get(mine.hash, job.id) == mine
    assert store.assets.get(mine.hash) == theirs


def test_an_unknown_file_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound, match="No file"):
        store.assets.get("cd" * 32)
