"""The stand-in's page in a real browser, with a tiny bot on the real Bolt at the other end.

Screenshots are left in the folder that SCREENSHOTS names, or in a temporary one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from slack_bolt.app.async_app import AsyncApp

from tests.fakes.slack.__main__ import settle
from tests.fakes.slack.server import FakeSlack
from tests.fakes.tiny_bot import TinyBot

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CUT = "river-cut.mp4"


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def button(name: str, label: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": name, "text": plain(label), "value": f"{name}-1", **more}


def task(name: str, title: str, status: str, note: str = "") -> dict[str, Any]:
    line = {"type": "rich_text_section", "elements": [{"type": "text", "text": note}]}
    more = {"details": {"type": "rich_text", "elements": [line]}} if note else {}
    return {"type": "task_card", "task_id": name, "title": title, "status": status, **more}


SURE = {
    "title": plain("Reject this plan?"),
    "text": {"type": "mrkdwn", "text": "The job ends here. *Nothing* is rendered."},
    "confirm": plain("Reject"),
    "deny": plain("Keep it"),
    "style": "danger",
}
STATUS = [
    {"type": "header", "text": plain("Edit: the river, 30 seconds")},
    {
        "type": "plan",
        "title": "Working: 2 of 4 steps done",
        "tasks": [
            task("a", "Look at the footage", "complete", "2 clips, 1:12 in all"),
            task("b", "Write the story", "complete"),
            task("c", "Cut", "in_progress", "scene 3 of 7"),
            task("d", "Captions and sound", "pending"),
        ],
    },
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "Step 3 of 4 · about 2 min left · job `12ab34cd`"}]},
    {"type": "actions", "elements": [button("stop", "Stop"), button("cancel", "Cancel", style="danger", confirm=SURE)]},
]
DOWNLOADS = {
    "type": "overflow",
    "action_id": "more",
    "options": [{"text": plain("Captions (SRT)"), "value": "srt"}, {"text": plain("Timeline (OTIO)"), "value": "otio"}],
}
LOOK = {
    "type": "static_select",
    "action_id": "look",
    "placeholder": plain("Caption style"),
    "options": [{"text": plain("Bold yellow"), "value": "bold"}, {"text": plain("Quiet white"), "value": "quiet"}],
}
PLAN = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Plan v1* is ready.\n> A river wakes, a town follows."}},
    {
        "type": "section",
        "fields": [
            {"type": "mrkdwn", "text": f"*{name}*\n{value}"}
            for name, value in (("Length", "0:30"), ("Cuts", "11"), ("Cost", "about $0.40"), ("Render", "about 4 min"))
        ],
    },
    {"type": "divider"},
    {
        "type": "actions",
        "elements": [
            button("approve", "Approve and render", style="primary"),
            button("change", "Change…"),
            button("reject", "Reject", style="danger", confirm=SURE),
            LOOK,
            DOWNLOADS,
        ],
    },
]
STEPS = [{"text": plain(name), "value": name.lower()} for name in ("Story", "Cut", "Captions")]
FORM = {
    "type": "modal",
    "callback_id": "change",
    "title": plain("Change the plan"),
    "submit": plain("Send"),
    "blocks": [
        {
            "type": "input",
            "block_id": "words",
            "label": plain("What shall be different?"),
            "hint": plain("As you would say it to an editor."),
            "element": {"type": "plain_text_input", "action_id": "words", "multiline": True},
        },
        {
            "type": "input",
            "block_id": "step",
            "optional": True,
            "label": plain("From which step?"),
            "element": {"type": "radio_buttons", "action_id": "step", "options": STEPS},
        },
        {
            "type": "input",
            "block_id": "who",
            "optional": True,
            "label": plain("Who may approve?"),
            "element": {"type": "multi_users_select", "action_id": "who"},
        },
    ],
}
HOME = [
    {"type": "header", "text": plain("Your videos")},
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Waiting for you*\nPlan v1 of the river film"}},
    {"type": "actions", "elements": [button("change", "New video", style="primary")]},
]


class Editor:
    """A bot that plays one job: status card, plan, change, approval, the film."""

    def __init__(self, film: Path) -> None:
        self.film = film

    def dress(self, app: AsyncApp) -> None:
        """Put its listeners on."""
        app.event("app_mention")(self.begin)
        app.event("app_home_opened")(self.home)
        app.event("agent_session_stopped")(self.stopped)
        app.event("message")(self.nothing)
        app.action("approve")(self.approve)
        app.action("change")(self.change)
        app.action("reject")(self.reject)
        app.action("look")(self.look)
        app.view("change")(self.changed)
        app.shortcut("job_new")(self.change)
        app.command("/rushes")(self.command)

    async def nothing(self) -> None:
        """Hear, and do nothing."""

    async def begin(self, event: Any, client: Any) -> None:
        place = {"channel": event["channel"], "thread_ts": event["ts"]}
        await self._status(client, event["channel"], event["ts"], "processing")
        await client.chat_postMessage(**place, text="Step 3 of 4", blocks=STATUS)
        await client.chat_postMessage(**place, text="Plan v1 is ready", blocks=PLAN)

    async def stopped(self, event: Any, client: Any) -> None:
        await self._status(client, event["channel"], event["thread_ts"], "suspended")

    async def _status(self, client: Any, channel: str, root: str, status: str) -> None:
        await client.agents_sessions_setStatus(
            channel_id=channel, thread_ts=root, status=status, title="Edit: the river"
        )

    async def home(self, event: Any, client: Any) -> None:
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": HOME})

    async def approve(self, ack: Any, body: Any, client: Any) -> None:
        await ack()
        place, who = body["container"], body["user"]["id"]
        told = f"*Approved* by <@{who}> at <!date^1795270000^{{time}}|noon>"
        await client.chat_update(
            channel=place["channel_id"],
            ts=place["message_ts"],
            text="Approved",
            blocks=[PLAN[0], PLAN[1], {"type": "context", "elements": [{"type": "mrkdwn", "text": told}]}],
        )
        await client.files_upload_v2(
            channel=place["channel_id"],
            thread_ts=place["thread_ts"],
            file=str(self.film),
            filename=CUT,
            title="v1 · 0:03",
        )

    async def change(self, ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    async def changed(self, ack: Any, view: Any) -> None:
        words = view["state"]["values"]["words"]["words"]["value"]
        if len(words) < 3:
            await ack(response_action="errors", errors={"words": "Say a little more, at least three letters."})
        else:
            await ack()

    async def reject(self, ack: Any, respond: Any) -> None:
        await ack()
        await respond(text="Only <@U0000000004> may reject this.", replace_original=False)

    async def look(self, ack: Any, respond: Any, action: Any) -> None:
        await ack()
        await respond(text=f"Captions: {action['selected_option']['text']['text']}", replace_original=False)

    async def command(self, ack: Any) -> None:
        await ack("*No jobs yet.* Mention me with footage to begin.")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium of this machine."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("no Chromium on this machine: with it (apt install chromium) the page is tried in a real browser")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def film(footage: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds of real footage, small."""
    made = tmp_path_factory.mktemp("film") / "river.mp4"
    source = footage / "shots_trailer_bbb_32s.mp4"
    cut = ["-ss", "8", "-t", "3", "-i", str(source), "-vf", "scale=480:-2", "-pix_fmt", "yuv420p", "-an", str(made)]
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *cut], check=True)
    return made


@pytest.fixture
def slack(film: Path) -> Iterator[FakeSlack]:
    with FakeSlack() as there:
        settle(there)
        with TinyBot(there, Editor(film).dress):
            yield there


@pytest.fixture
def page(browser: Browser, slack: FakeSlack) -> Iterator[Page]:
    made = browser.new_page(viewport={"width": 1440, "height": 900})
    made.on("pageerror", lambda error: slack.world.problem(f"the page: {error}"))
    made.goto(slack.world.url)
    yield made
    made.close()


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _say(page: Page, text: str, label: str = "Message") -> None:
    box = page.get_by_label(label, exact=True)
    box.fill(text)
    box.press("Enter")


def _begin(page: Page, film: Path) -> None:
    page.locator("#main input[type=file]").first.set_input_files(str(film))
    expect(page.get_by_label("Take away")).to_be_visible()
    _say(page, "@rushes 30 seconds of the river & the town, *vertical*")
    page.get_by_text("2 replies").click()
    expect(page.locator("#replies .plan")).to_be_visible()


def test_a_whole_conversation_is_played_in_a_browser(page: Page, slack: FakeSlack, film: Path, shots: Path) -> None:
    _begin(page, film)
    page.screenshot(path=shots / "1-plan.png")
    _change(page, shots)
    _reject(page, shots)
    page.locator("#replies").get_by_text("Approve and render").click()
    expect(page.get_by_text("Approved by @Ann")).to_be_visible()
    expect(page.locator("#replies .file", has_text="v1 · 0:03")).to_be_visible()
    _play(page, page.locator(f"#replies video[src*='{CUT}']"))
    page.screenshot(path=shots / "5-film.png")
    page.locator("#stop").click()
    expect(page.locator("#doing")).to_contain_text("waits for an answer")
    assert slack.problems == []


def _play(page: Page, player: Locator) -> None:
    """Play it to the end, where this browser was built with what mp4 needs."""
    if page.evaluate("document.createElement('video').canPlayType('video/mp4; codecs=\"avc1.64001f\"')"):
        player.evaluate("v => { v.muted = true; return v.play(); }")
        page.wait_for_function("v => v.currentTime > 0.5", arg=player.element_handle())


def _change(page: Page, shots: Path) -> None:
    page.locator("#replies").get_by_text("Change…").click()
    form = page.get_by_role("dialog")
    form.locator("textarea").fill("no")
    form.get_by_label("Captions").check()
    form.get_by_text("Send").click()
    expect(form.get_by_text("Say a little more")).to_be_visible()
    assert form.locator("textarea").input_value() == "no"
    page.screenshot(path=shots / "2-form.png")
    form.locator("textarea").fill("slower, and no drone")
    form.get_by_text("Send").click()
    expect(form).to_be_hidden()


def _reject(page: Page, shots: Path) -> None:
    page.locator("#replies").get_by_text("Reject", exact=True).click()
    page.screenshot(path=shots / "3-sure.png")
    page.get_by_role("alertdialog").get_by_text("Reject", exact=True).click()
    expect(page.get_by_text("Only visible to you").first).to_be_visible()
    page.locator("#replies select[data-action=look]").select_option("bold")
    expect(page.get_by_text("Captions: Bold yellow")).to_be_visible()
    page.screenshot(path=shots / "4-private.png")


def test_home_commands_shortcuts_and_other_people(page: Page, slack: FakeSlack, shots: Path) -> None:
    page.locator("[data-room=Rushes]").click()
    page.get_by_text("Home", exact=True).click()
    expect(page.get_by_text("Your videos")).to_be_visible()
    page.screenshot(path=shots / "6-home.png")
    page.get_by_text("New video").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("dialog").get_by_text("Cancel").click()
    page.locator("[data-room=videos]").click()
    _say(page, "/rushes status")
    expect(page.get_by_text("No jobs yet.")).to_be_visible()
    page.get_by_label("Shortcuts").first.click()
    page.get_by_text("New video edit").click()
    page.get_by_role("dialog").get_by_text("Cancel").click()
    page.get_by_label("You are").select_option(label="Bob")
    expect(page.get_by_text("No jobs yet.")).to_be_hidden()
    _say(page, "Hello from Bob")
    expect(page.locator(".who", has_text="Bob")).to_be_visible()
    page.screenshot(path=shots / "7-bob.png")
    assert slack.problems == []


def test_a_link_to_a_message_leads_there(page: Page, slack: FakeSlack, film: Path) -> None:
    _begin(page, film)
    root = page.locator("#main .msg").first.get_attribute("data-ts") or ""
    channel = next(each.id for each in slack.world.channels.values() if each.name == "videos")
    page.get_by_label("Close the thread").click()
    page.locator("[data-room=marketing]").click()
    _say(page, f"look: https://acme.slack.com/archives/{channel}/p{root.replace('.', '')}")
    page.get_by_text("https://acme.slack.com").click()
    expect(page.locator("#replies .plan")).to_be_visible()
    assert slack.problems == []


def test_on_a_narrow_screen_a_thread_takes_the_channels_place(
    page: Page, slack: FakeSlack, film: Path, shots: Path
) -> None:
    page.set_viewport_size({"width": 900, "height": 700})
    _begin(page, film)
    expect(page.locator("#main")).to_be_hidden()
    expect(page.locator("#replies .count")).to_have_text("2 replies")
    page.screenshot(path=shots / "8-narrow.png")
    page.get_by_label("Close the thread").click()
    expect(page.locator("#main")).to_be_visible()
    assert slack.problems == []


def test_a_film_that_no_browser_plays_is_a_card(page: Page, slack: FakeSlack, tmp_path: Path) -> None:
    old = tmp_path / "old.mpg"
    old.write_bytes(bytes(1000))
    page.locator("#main input[type=file]").first.set_input_files(str(old))
    expect(page.get_by_label("Take away")).to_be_visible()
    _say(page, "this one too")
    expect(page.locator("#main .file.card")).to_contain_text("old.mpg")
    assert slack.problems == []


def test_slack_says_why_something_is_not_done(page: Page, slack: FakeSlack, film: Path) -> None:
    _begin(page, film)
    _say(page, "/rushes status", label="Reply")
    expect(page.locator("#toast")).to_contain_text("not supported in threads")
    assert slack.problems == []
