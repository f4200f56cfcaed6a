"""An S3-compatible store on 127.0.0.1: objects with ranges, listings in pages, signatures that are checked.

Written after Amazon's description of the REST API and of Signature Version 4; what it does not know it refuses.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

from tests.fakes.web import FakeWeb, Page, Request

REGION = "us-east-1"
AGE = "2026-01-02T03:04:05.000Z"


def _quoted(name: str) -> str:
    return quote(name, safe="/")


class FakeS3(FakeWeb):
    """The store. `pages` are its objects, by /bucket/key.

    Attributes:
        keys: who may ask: access keys and their secrets; without any, everybody may.
        page_size: keys of one page of a listing.
        faults: answers in place of the next requests: an error's code and status.
    """

    def __init__(self, keys: dict[str, str] | None = None) -> None:
        super().__init__()
        self.keys = keys or {}
        self.page_size = 1000
        self.faults: list[tuple[str, int]] = []
        self.refused: list[str] = []
        """Codes of the errors that were answered."""
        self._server.RequestHandlerClass = _S3Request

    def put(self, bucket: str, key: str, body: bytes, **changes: Any) -> Page:
        """Keep an object."""
        tag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
        page = self.pages[f"/{bucket}/{key}"] = Page(body, **{"tag": tag, **changes})
        return page


class _S3Request(Request):
    @property
    def fake(self) -> FakeS3:
        assert isinstance(self.server.fake, FakeS3)
        return self.server.fake

    def do_GET(self) -> None:  # noqa: N802  the library's name
        """Answer one call."""
        self.fake.asked.append((unquote(urlsplit(self.path).path), {n.lower(): v for n, v in self.headers.items()}))
        if self.fake.faults:
            return self.error(*self.fake.faults.pop(0))
        if wrong := self._unsigned():
            return self.error(wrong, 403)
        path, query = unquote(urlsplit(self.path).path), dict(parse_qsl(urlsplit(self.path).query, True))
        bucket, _, key = path.lstrip("/").partition("/")
        if not any(name.startswith(f"/{bucket}/") for name in self.fake.pages):
            return self.error("NoSuchBucket", 404)
        if not key:
            return self._of_bucket(bucket, query)
        return self._object(path)

    do_HEAD = do_GET  # noqa: N815

    def _of_bucket(self, bucket: str, query: dict[str, str]) -> None:
        if "location" in query:
            return self.xml('<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></LocationConstraint>')
        if query.get("list-type") == "2":
            return self._listing(bucket, query)
        return self.error("NotImplemented", 501)

    def _object(self, path: str) -> None:
        page = self.fake.pages.get(path)
        if page is None:
            return self.error("NoSuchKey", 404)
        if self.headers.get("If-Match", page.tag) != page.tag:
            return self.error("PreconditionFailed", 412)
        asked = self.headers.get("Range", "")
        if asked and int(asked.removeprefix("bytes=").partition("-")[0]) >= len(page.body):
            return self.error("InvalidRange", 416)
        return self.send_page(page)

    def _listing(self, bucket: str, query: dict[str, str]) -> None:
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        names = sorted(path.removeprefix(f"/{bucket}/") for path in self.fake.pages if path.startswith(f"/{bucket}/"))
        found: dict[str, bool] = {}
        for name in (name for name in names if name.startswith(prefix)):
            inside, cut, _ = name[len(prefix) :].partition(delimiter) if delimiter else (name, "", "")
            found[f"{prefix}{inside}{cut}" if cut else name] = bool(cut)
        after = query.get("continuation-token", query.get("start-after", ""))
        rest = [name for name in found if name > after]
        page, more = rest[: self.fake.page_size], len(rest) > self.fake.page_size
        coded = _quoted if query.get("encoding-type") == "url" else str
        body = "".join(self._line(bucket, name, coded(name), folder=found[name]) for name in page)
        token = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if more else ""
        self.xml(
            '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            f"<Name>{bucket}</Name><Prefix>{escape(coded(prefix))}</Prefix><KeyCount>{len(page)}</KeyCount>"
            f"<MaxKeys>1000</MaxKeys><EncodingType>url</EncodingType><IsTruncated>{str(more).lower()}</IsTruncated>"
            f"{token}{body}</ListBucketResult>"
        )

    def _line(self, bucket: str, name: str, shown: str, *, folder: bool) -> str:
        if folder:
            return f"<CommonPrefixes><Prefix>{escape(shown)}</Prefix></CommonPrefixes>"
        size = len(self.fake.pages[f"/{bucket}/{name}"].body)
        rest = f"<LastModified>{AGE}</LastModified><ETag>&quot;1&quot;</ETag><Size>{size}</Size>"
        return f"<Contents><Key>{escape(shown)}</Key>{rest}<StorageClass>STANDARD</StorageClass></Contents>"

    def xml(self, text: str, status: int = 200) -> None:
        """Answer with XML."""
        body = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode()
        self.plain(status, {"Content-Type": "application/xml"}, body if self.command != "HEAD" else b"")

    def error(self, code: str, status: int) -> None:
        """Answer as S3 does when it refuses."""
        self.fake.refused.append(code)
        self.xml(f"<Error><Code>{code}</Code><Message>{code}</Message><RequestId>1</RequestId></Error>", status)

    def _unsigned(self) -> str:
        """Return the code of what is wrong with a request's signature; empty where nothing is."""
        given = self.headers.get("Authorization", "")
        if not given:
            return "AccessDenied" if self.fake.keys else ""
        scheme, _, rest = given.partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        access, day, region, service, end = parts["Credential"].split("/")
        if access not in self.fake.keys:
            return "InvalidAccessKeyId"
        if (scheme, region, service, end) != ("AWS4-HMAC-SHA256", REGION, "s3", "aws4_request"):
            return "AuthorizationHeaderMalformed"
        scope = f"{day}/{region}/{service}/{end}"
        canonical = hashlib.sha256(self._canonical(parts["SignedHeaders"]).encode()).hexdigest()
        text = f"{scheme}\n{self.headers['X-Amz-Date']}\n{scope}\n{canonical}"
        key = f"AWS4{self.fake.keys[access]}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        right = hmac.new(key, text.encode(), "sha256").hexdigest()
        return "" if hmac.compare_digest(right, parts["Signature"]) else "SignatureDoesNotMatch"

    def _canonical(self, signed: str) -> str:
        url = urlsplit(self.path)
        query = "&".join(
            f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}"
            for name, value in sorted(parse_qsl(url.query, keep_blank_values=True))
        )
        headers = "".join(f"{name}:{' '.join(self.headers[name].split())}\n" for name in signed.split(";"))
        path = quote(unquote(url.path), safe="/-_.~")
        return f"{self.command}\n{path}\n{query}\n{headers}\n{signed}\n{self.headers['X-Amz-Content-Sha256']}"
