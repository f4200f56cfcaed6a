"""The bytes of files: uploads that come in, downloads that go out; both in small pieces."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from aiohttp import web

from tests.fakes.slack.faulty import Faulty
from tests.fakes.slack.things import File
from tests.fakes.slack.world import World

PIECE = 64 * 1024
LOGIN = "<!DOCTYPE html><html><head><title>Sign in to Slack</title></head><body>Sign in to your workspace</body></html>"
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


def add_to(app: web.Application, world: World) -> None:
    """Serve the addresses of uploads and downloads."""
    storage = Storage(world)
    app.router.add_post("/upload/v1/{file}", storage.upload)
    app.router.add_get("/files-pri/{name:.+}", storage.download)


class Storage:
    """Takes and gives bytes."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """Step two: the bytes themselves, or a form that has them in a field (`filename` or `file`)."""
        faulty = Faulty(self.world, "upload", request)
        answer = await faulty.before()
        if answer is not None:
            return answer
        known = self.world.uploads.get(request.match_info["file"])
        if known is None or known.completed:
            return web.Response(status=404, text="no such upload")
        path = self.world.folder / known.file
        try:
            came = await self._take(request, path)
        except ConnectionError:
            self.world.note("upload_broke_off", file=known.file)
            return web.Response(status=400)
        self.world.note("upload", file=known.file, size=came)
        if came != known.length:
            self.world.problem(f"{known.name}: {came} bytes were uploaded, {known.length} announced")
            return web.Response(status=400, text="wrong length")
        known.path = path
        return await faulty.after(web.Response(text=f"OK - {came}"))

    async def _take(self, request: web.Request, path: Path) -> int:
        came = 0
        with path.open("wb") as kept:
            async for piece in self._pieces(request):
                came += len(piece)
                await asyncio.to_thread(kept.write, piece)
                if self.world.upload_pace:
                    await asyncio.sleep(self.world.clock.real(len(piece) / self.world.upload_pace))
        return came

    async def _pieces(self, request: web.Request) -> AsyncIterator[bytes]:
        if not request.content_type.startswith("multipart/"):
            async for piece in request.content.iter_chunked(PIECE):
                yield piece
            return
        form = await request.multipart()
        part = await form.next()
        while part is not None and not hasattr(part, "read_chunk"):
            part = await form.next()
        while part is not None and (chunk := await part.read_chunk(PIECE)):
            yield bytes(chunk)

    async def download(self, request: web.Request) -> web.StreamResponse:
        """Give a file to who has a token for it, and a page to log in to who has not."""
        self.world.note("download", path=request.path, range=request.headers.get("Range"))
        answer = await Faulty(self.world, "download", request).before()
        if answer is not None:
            return answer
        file = self._asked(request)
        if file is not None and file.moved and request.url.port != urlsplit(self.world.origin).port:
            raise web.HTTPFound(self.world.origin.rstrip("/") + request.path_qs)
        if file is None or file.deleted or file.path is None:
            return web.Response(status=404, text="<html><body>File not found</body></html>", content_type="text/html")
        if file.login or not self._may(request, file):
            return web.Response(text=LOGIN, content_type="text/html")
        if file.redirect:
            raise web.HTTPFound(file.redirect)
        return await self._send(request, file, file.path)

    def _asked(self, request: web.Request) -> File | None:
        head = request.match_info["name"].split("/")[0]
        return self.world.files.get(head.partition("-")[2])

    def _may(self, request: web.Request, file: File) -> bool:
        kind, _, value = request.headers.get("Authorization", "").partition(" ")
        token = self.world.tokens.get(value)
        if kind != "Bearer" or token is None or token.revoked or token.team is None:
            return False
        if "files:read" not in token.scopes:
            self.world.problem("A file was downloaded without the scope files:read")
            return False
        there = {file.team, *(t for c in file.shares for t in self.world.channels[c].shared_with)}
        return token.team in there

    async def _send(self, request: web.Request, file: File, path: Path) -> web.StreamResponse:
        size = path.stat().st_size
        asked = _RANGE.fullmatch(request.headers.get("Range", "")) if file.ranges else None
        start = int(asked[1]) if asked else 0
        end = min(int(asked[2]) + 1, size) if asked and asked[2] else size
        if asked and start >= size:
            return web.Response(status=416, headers={"Content-Range": f"bytes */{size}"})
        answer = web.StreamResponse(status=206 if asked else 200, headers=_headers(file, start, end, size, bool(asked)))
        answer.content_length = end - start
        cut = file.cuts.pop(0) if file.cuts else None
        await answer.prepare(request)
        with path.open("rb") as held:
            try:
                whole = await self._pour(answer, held, file, (start, end), cut)
            except ConnectionError:
                return answer
        if not whole and request.transport is not None:
            request.transport.abort()
        return answer

    async def _pour(
        self, answer: web.StreamResponse, held: BinaryIO, file: File, span: tuple[int, int], cut: int | None
    ) -> bool:
        at, end = span
        last = end if cut is None else max(at, min(cut, end))
        held.seek(at)
        while at < last:
            if file.stall is not None and at >= file.stall:
                await self.world.closing.wait()
                return False
            piece = held.read(min(_step(file), last - at))
            await answer.write(piece)
            at += len(piece)
            if file.pace:
                await asyncio.sleep(self.world.clock.real(len(piece) / file.pace))
        return last == end


def _step(file: File) -> int:
    return PIECE if not file.pace else max(1, min(PIECE, int(file.pace / 10)))


def _headers(file: File, start: int, end: int, size: int, part: bool) -> dict[str, str]:
    ranged = {"Accept-Ranges": "bytes"} if file.ranges else {}
    where = {"Content-Range": f"bytes {start}-{end - 1}/{size}"} if part else {}
    return {"Content-Type": file.mimetype, "ETag": f'"{file.id}-{size}"', **ranged, **where}
