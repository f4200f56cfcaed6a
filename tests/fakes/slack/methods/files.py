"""Files that the app uploads, in three steps, and asks about."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.fakes.slack import blockcheck
from tests.fakes.slack.call import Call, Refusal
from tests.fakes.slack.methods import chat
from tests.fakes.slack.state import APP
from tests.fakes.slack.things import Channel, File, Json, Message, Upload


def address(call: Call) -> Json:
    """`files.getUploadURLExternal`: step one."""
    length, name = call.must("length"), call.must("filename")
    if not length.isdigit() or int(length) == 0:
        raise Refusal("invalid_arguments", "length must be a whole number over 0")
    if int(length) > call.world.upload_limit:
        raise Refusal("file_upload_size_restricted")
    if call.world.room_left is not None and int(length) > call.world.room_left:
        raise Refusal("storage_limit_reached")
    upload = Upload(call.world.new_id("F"), call.team.id, name, int(length))
    call.world.uploads[upload.file] = upload
    return {"upload_url": f"{call.world.url}upload/v1/{upload.file}", "file_id": upload.file}


def complete(call: Call) -> Json:
    """`files.completeUploadExternal`: step three. The message appears a moment after the answer, as at Slack's."""
    given = call.data("files")
    if not isinstance(given, list) or not given:
        raise Refusal("invalid_arguments", "files must be an array")
    uploads = [_upload(call, one) for one in given]
    where = call.text("channel_id") or call.text("channels")
    channel = _place(call, where) if where else None
    root = chat.thread(call, channel) if channel else None
    _unwise(call, channel)
    kept = [_keep(call, upload, one.get("title") or upload.name) for upload, one in zip(uploads, given, strict=True)]
    if channel is not None:
        _later(call, channel, root, kept)
    return {"files": [{"id": file.id, "title": file.title} for file in kept]}


def info(call: Call) -> Json:
    """`files.info`, with the places where it was shared."""
    return {
        "file": call.world.file_shown(_file(call), whole=True),
        "comments": [],
        "response_metadata": {"next_cursor": ""},
    }


def delete(call: Call) -> Json:
    """`files.delete`: only what the app itself uploaded."""
    file = _file(call)
    if file.user != call.team.bot:
        raise Refusal("cant_delete_file")
    call.world.delete_file(file)
    return {}


def _upload(call: Call, one: object) -> Upload:
    if not isinstance(one, dict) or set(one) - {"id", "title", "highlight_type"} or "id" not in one:
        raise Refusal("invalid_arguments", "each of files takes id and title")
    found = call.world.uploads.get(str(one["id"]))
    if found is None or found.team != call.team.id or found.completed:
        raise Refusal("file_not_found")
    if found.path is None:
        call.problem(f"{found.name} was completed before its bytes were there")
        raise Refusal("file_not_found")
    return found


def _place(call: Call, where: str) -> Channel:
    if "," in where or call.text("channels"):
        call.problem("several channels in one upload: nobody sees where it was shared")
    channel = call.channel("channel_id" if call.text("channel_id") else "channels")
    if call.team.bot not in channel.members:
        raise Refusal("not_in_channel")
    if channel.archived:
        raise Refusal("posting_to_channel_denied")
    return channel


def _unwise(call: Call, channel: Channel | None) -> None:
    comment = call.text("initial_comment") or ""
    for complaint in blockcheck.text_problems(comment):
        call.problem(f"initial_comment: {complaint}")
    if len(comment) > chat.BEST_TEXT:
        call.problem(f"initial_comment of {len(comment)} characters")
    if comment and call.text("blocks"):
        call.problem("blocks are ignored beside initial_comment")
    if channel is None and (comment or call.text("thread_ts")):
        call.problem("initial_comment or thread_ts without a channel")


def _keep(call: Call, upload: Upload, title: str) -> File:
    upload.completed = True
    held = Path(str(upload.path))
    file = call.world.add_file(call.team.bot, held, upload.name, id=upload.file, title=title)
    call.world.note("uploaded", file=file.id, size=file.size)
    return file


def _later(call: Call, channel: Channel, root: str | None, files: list[File]) -> None:
    words = call.text("initial_comment") or ""
    delay = call.world.clock.real(call.world.share_delay)
    asyncio.get_running_loop().call_later(delay, _share, call, channel, root, files, words)


def _share(call: Call, channel: Channel, root: str | None, files: list[File], words: str) -> None:
    team = call.team
    shown = [file.id for file in files if not file.deleted]
    message = Message(call.world.clock.ts(), team.id, channel.id, team.bot, words, via=call.method)
    message.files, message.thread_ts, message.subtype = shown, root, "file_share"
    message.bot_id, message.app_id = team.bot_id, APP
    call.world.keep(message)


def _file(call: Call) -> File:
    file = call.world.files.get(call.must("file"))
    if file is None or not _visible(call, file):
        raise Refusal("file_not_found")
    if file.deleted:
        raise Refusal("file_deleted")
    return file


def _visible(call: Call, file: File) -> bool:
    """A bot sees its own files, and those of the places that it is in."""
    bot = call.team.bot
    return file.user == bot or any(bot in call.world.channels[channel].members for channel in file.shares)


HANDLERS = {
    "files.getUploadURLExternal": address,
    "files.completeUploadExternal": complete,
    "files.info": info,
    "files.delete": delete,
}
