"""s3: files in an S3-compatible store, under what an operator allowed. The only place that speaks through minio.

It and what it stands on are loaded where they are first used, as few processes ever fetch from there.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from kernel.errors import BadInput, Busy, RushesError, SetUp, Unreachable
from kernel.fetch.base import MOST_FILES, Row, Stream, pour
from kernel.fetch.kinds import check_kind, is_media
from kernel.fetch.link import PASSING, seconds
from kernel.fetch.names import safe_name
from kernel.fetch.part import WINDOW, Answer, Errand
from kernel.settings import Settings

if TYPE_CHECKING:
    import urllib3
    from minio import Minio
    from minio.error import S3Error

T = TypeVar("T")

AMAZON = "https://s3.amazonaws.com"
PLACE = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(.*)", re.DOTALL)
"""Bucket and key of a link."""
LISTED = 2000
"""Names of a folder that are looked at before it counts as too big."""
GONE = ("NoSuchKey", "NoSuchBucket", "NotFound", "404")
DENIED = ("AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "403")
BUSY = ("SlowDown", "TooManyRequests", "429")
CHANGED = ("PreconditionFailed", "412")
OUTSIDE = ("InvalidRange", "416")


class S3:
    """Objects, and what lies under a prefix."""

    kind = "s3"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._allowed = tuple(link for link in settings.footage_links if link.startswith("s3://"))

    def _client(self, window: float = WINDOW) -> Minio:
        import urllib3
        from minio import Minio

        endpoint = urlsplit(self._settings.s3_endpoint or AMAZON)
        access, secret = self._settings.s3_access_key, self._settings.s3_secret_key
        try:
            return Minio(
                endpoint.netloc,
                access_key=access.get_secret_value() if access else None,
                secret_key=secret.get_secret_value() if secret else None,
                secure=endpoint.scheme == "https",
                http_client=urllib3.PoolManager(
                    timeout=urllib3.Timeout(connect=window, read=window), retries=urllib3.Retry(0, redirect=0)
                ),
            )
        except ValueError as error:
            raise SetUp(f"RUSHES_S3_ENDPOINT or its keys cannot be used ({error}): mend them.") from error

    def files(self, row: Row) -> Sequence[Row]:
        """Return the row, or a row for each media file under the prefix that it names, by name.

        Raises:
            BadInput: there is no footage, or too much.
        """
        bucket, key = self._place(row)
        if key and not key.endswith("/"):
            return [row]
        listed = _asked(row, lambda: list(itertools.islice(self._under(bucket, key), LISTED)))
        found = sorted(name for name in listed if is_media(name))
        if not found:
            raise BadInput(f"There is no footage under {row['name']}: check the name, or name the files themselves.")
        if len(found) > MOST_FILES:
            raise BadInput(
                f"There are {len(found)} media files under {row['name']}, and I take at most {MOST_FILES} at once:"
                " name the ones you want."
            )
        return [_of_folder(row, bucket, name) for name in found]

    def _under(self, bucket: str, prefix: str) -> Iterator[str]:
        """Yield the keys of the folder itself, not of the folders in it."""
        for item in self._client().list_objects(bucket, prefix=prefix):
            if not item.is_dir and item.object_name:
                yield item.object_name

    def fetch(self, row: Row, errand: Errand) -> int:
        """Bring the object to its place."""
        bucket, key = self._place(row)
        client = self._client(errand.window)

        @contextmanager
        def opened(at: int, tag: str) -> Iterator[Stream]:
            headers: dict[str, str | list[str] | tuple[str]] = {"If-Match": tag} if at and tag else {}
            try:
                reply = _asked(row, lambda: client.get_object(bucket, key, at, request_headers=headers))
            except _Changed:
                at = 0
                reply = _asked(row, lambda: client.get_object(bucket, key))
            try:
                answer = _answered(reply, at)
                check_kind(row["name"], answer.mimetype)
                yield Stream(answer, lambda most: _read(reply, row["name"], most))
            finally:
                reply.close()

        return pour(errand, opened)

    def _place(self, row: Row) -> tuple[str, str]:
        match = PLACE.fullmatch(row["url"])
        if match is None or not allowed(row["url"], self._allowed):
            raise BadInput(
                f"I may not fetch from {row['name']}: ask whoever runs me to allow it, or drop the file here."
            )
        return match[1], match[2]


def _of_folder(row: Row, bucket: str, key: str) -> Row:
    name = safe_name(key)
    path = Path(row["path"]).parent / name
    return {**row, "id": f"{row['id']}-{name}", "name": name, "path": str(path), "url": f"s3://{bucket}/{key}"}


class _Changed(RushesError):
    """It is not the object any more of which the first half came."""


def allowed(url: str, prefixes: Sequence[str]) -> bool:
    """Say whether an object, or a prefix, lies under one that an operator allowed."""
    return any(url == start or url.startswith(start if start.endswith("/") else f"{start}/") for start in prefixes)


def _asked(row: Row, act: Callable[[], T]) -> T:
    from minio.error import MinioException, S3Error
    from urllib3.exceptions import HTTPError

    name = row["name"]
    try:
        return act()
    except S3Error as error:
        raise _told(error, name) from error
    except (MinioException, HTTPError, OSError) as error:
        raise Unreachable(f"The store of {name} does not answer.") from error


def _told(error: S3Error, name: str) -> RushesError:
    """Return one of our errors for one of the store's."""
    code = error.code or ""
    status = getattr(error.response, "status", 0)
    if code in CHANGED or code in OUTSIDE:
        return _Changed(name)
    if code in BUSY:
        return Busy(
            f"The store asks to wait before it sends {name}.", seconds(error.response.headers.get("Retry-After"))
        )
    if status in PASSING:
        return Unreachable(f"The store cannot send {name} just now.")
    if code in GONE:
        return BadInput(f"There is no {name} in the store: check the link, or drop the file here.")
    if code in DENIED:
        return BadInput(f"The store does not give {name} to me: ask whoever runs me for access, or drop the file here.")
    return BadInput(f"The store does not give {name} to me ({code}): drop the file here.")


def _answered(reply: urllib3.BaseHTTPResponse, at: int) -> Answer:
    length = reply.headers.get("Content-Length", "")
    size = at + int(length) if length.isdigit() else None
    return Answer(at, size, reply.headers.get("Content-Type", ""), reply.headers.get("ETag", ""))


def _read(reply: urllib3.BaseHTTPResponse, name: str, most: int) -> bytes:
    from urllib3.exceptions import HTTPError

    try:
        return reply.read1(most)
    except (HTTPError, OSError) as error:
        raise Unreachable(f"{name} stopped coming.") from error
