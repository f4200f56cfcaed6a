"""Documents: append-only, numbered per job and step, found by hash, by version and by what they were made from."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import sqlalchemy as sa

from kernel.document import canonical
from kernel.errors import BadDocument, NotFound
from kernel.store.database import Database, clean, once, read_all, read_one, rows
from kernel.store.records import Kept, NewDocument, Version
from kernel.store.tables import DocumentRow


class Documents:
    """The documents."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, document: NewDocument) -> Kept:
        """Keep a document as the next version of its step; the same run again returns what that run kept.

        Raises:
            BadDocument: its body holds characters that cannot be kept as they are.
        """
        _refuse_unkept(document)
        with self._database.write("documents", document.job, document.step) as connection:
            kept = read_one(connection, Kept, rows(DocumentRow).where(DocumentRow.run == document.run))
            if kept is None:
                highest = sa.select(sa.func.coalesce(sa.func.max(DocumentRow.version), 0)).where(_of(document))
                version = connection.execute(highest).scalar_one() + 1
                kept = Kept(version=version, **{name: getattr(document, name) for name in NewDocument.model_fields})
                once(connection, DocumentRow, kept.model_dump())
        return kept

    def latest(self, job: str, step: str) -> Kept | None:
        """Return the newest document of a step."""
        return self._first(DocumentRow.job == job, DocumentRow.step == step)

    def current(self, job: str) -> dict[str, Kept]:
        """Return the newest document of every step that has one, by step."""
        newest = (
            sa.select(DocumentRow.step, sa.func.max(DocumentRow.version).label("version"))
            .where(DocumentRow.job == job)
            .group_by(DocumentRow.step)
            .subquery()
        )
        same = sa.and_(DocumentRow.step == newest.c.step, DocumentRow.version == newest.c.version)
        query = rows(DocumentRow).join(newest, same).where(DocumentRow.job == job).order_by(DocumentRow.number)
        with self._database.read() as connection:
            return {kept.step: kept for kept in read_all(connection, Kept, query)}

    def get(self, hash: str, job: str | None = None) -> Kept:
        """Return a document by its hash; where several rows share it, the newest (of the job, where one is named).

        Raises:
            NotFound: no such document is kept.
        """
        owned = (DocumentRow.job == job,) if job is not None else ()
        return _there(self._first(DocumentRow.hash == hash, *owned), f"document with the hash {hash[:12]}")

    def version(self, job: str, step: str, n: int) -> Kept:
        """Return one version of a step's document.

        Raises:
            NotFound: the step has no such version.
        """
        found = self._first(DocumentRow.job == job, DocumentRow.step == step, DocumentRow.version == n)
        return _there(found, f"version {n} of {step} in job {job[:8]}")

    def versions(self, job: str, step: str) -> list[Kept]:
        """Return all versions of a step's document, oldest first."""
        query = rows(DocumentRow).where(DocumentRow.job == job, DocumentRow.step == step)
        with self._database.read() as connection:
            return read_all(connection, Kept, query.order_by(DocumentRow.version))

    def history(self, job: str) -> dict[str, tuple[Version, ...]]:
        """Return all versions of all steps without their bodies, by step, oldest first."""
        columns = (getattr(DocumentRow, name) for name in Version.model_fields)
        query = sa.select(*columns).where(DocumentRow.job == job).order_by(DocumentRow.step, DocumentRow.version)
        with self._database.read() as connection:
            found = read_all(connection, Version, query)
        return {step: tuple(versions) for step, versions in groupby(found, key=lambda version: version.step)}

    def by_input(self, job: str, step: str, input_hash: str) -> Kept | None:
        """Return the newest document that was made from exactly these inputs."""
        same = (DocumentRow.job == job, DocumentRow.step == step, DocumentRow.input_hash == input_hash)
        return self._first(*same)

    def _first(self, *where: sa.ColumnElement[bool]) -> Kept | None:
        with self._database.read() as connection:
            return read_one(connection, Kept, rows(DocumentRow).where(*where).order_by(DocumentRow.number.desc()))


def _of(document: NewDocument) -> sa.ColumnElement[bool]:
    return sa.and_(DocumentRow.job == document.job, DocumentRow.step == document.step)


def _there(found: Kept | None, what: str) -> Kept:
    if found is None:
        raise NotFound(f"There is no {what}.")
    return found


def _refuse_unkept(document: NewDocument) -> None:
    # The body is hashed: replacing a character in it, as elsewhere, would make the hash a lie.
    body: dict[str, Any] = document.body
    if clean(body) != body and canonical(clean(body)) != canonical(body):
        raise BadDocument(f"This {document.schema} holds a NUL or half a character: write its texts without.")
