"""The stand-in's page in a real browser, with a tiny bot on the real Bolt at the other end.

Screenshots are left in the folder that SCREENSHOTS names, or in a temporary one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.fakes.page_bot import CUT, Editor
from tests.fakes.slack.__main__ import settle
from tests.fakes.slack.server import FakeSlack
from tests.fakes.tiny_bot import TinyBot

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


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
