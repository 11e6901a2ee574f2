"""What the demo offers to a visitor works as it says."""

import socket
from itertools import pairwise

import pytest
from playwright.async_api import expect

from demo.__main__ import MANAGER_TRY, TRY, build_welcome, main
from demo.kaggle_news import NEW_COMPETITION
from demo.playback import (
    IN_THREAD,
    OTHERS,
    SIMULATED_START,
    STEP,
    message_text,
    open_playback,
    to_plain_text,
)
from demo.recording import RecordedBoard, make_other_board, read_recording, space_evenly
from leaderboards.members.role_criteria import RoleCriterion
from leaderboards.parsing.reader import read_board
from tests.demo.visitor import CHROMIUM, open_browser, open_page, run_demo


def test_terminal_shows_names_and_times_without_markdown() -> None:
    text = (
        "### [Harvest\\: a look](https://x)\n-# <@7> **#3** until <t:1786543200:f>,"
        " <t:1786543200:R>\n<t:1786543200:f> · <t:1786543200:f> · 7 teams"
    )
    time = "2026-08-12 14:00 UTC"
    shown = f"Harvest: a look\n@Mika #3 until {time}\n{time} · 7 teams"
    assert to_plain_text(text, {7: "Mika"}) == shown


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--seconds", "abc"], "give seconds, more than 0 and at most 3600"),
        (["--seconds", "nan"], "give seconds, more than 0 and at most 3600"),
        (["--hours", "-1"], "give a whole number of hours, 0 or more"),
        (["--hours", "x"], "give a whole number of hours, 0 or more"),
        (["--port", "0"], "give a number from 1 to 65535, or leave it out"),
        (["--port", "999999"], "give a number from 1 to 65535, or leave it out"),
    ],
)
def test_wrong_option_is_refused_at_once_with_what_to_give(
    capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
    assert f"argument {arguments[0]}: {sentence}\n" in capsys.readouterr().err


def test_port_that_is_taken_is_refused_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SystemExit):
            main(["--port", str(port)])
    error = capsys.readouterr().err
    assert f"port {port} cannot be used (" in error
    assert "give another one, or leave it out\n" in error


@pytest.mark.processes
async def test_demo_begins_with_the_welcome_and_working_buttons() -> None:
    async with open_playback(progress=lambda _: None) as playback:
        welcome, *_ = playback.channel.history()
        assert "Hello!" in message_text(welcome)
        shown = await playback.members["Mika"].click(welcome, label="Link your account")
        assert shown.modal is not None
        shown = await playback.manager.click(welcome, label="Follow a competition")
        assert shown.modal is not None
        (field,) = shown.modal["components"]
        answer = await playback.manager.submit_modal(
            shown, {field["component"]["custom_id"]: OTHERS[0].slug}
        )
        assert answer.response is not None
        assert "✅ Following" in message_text(answer.response.message)


@pytest.mark.processes
async def test_hints_work_and_offered_competitions_can_be_followed() -> None:
    async with open_playback(progress=lambda _: None) as playback:
        await playback.begin_visit()
        await playback.step()
        await playback.step()
        mika, robin = playback.members["Mika"], playback.manager
        for actor, commands in ((mika, TRY), (robin, MANAGER_TRY)):
            for command in commands:
                result = await actor.slash(playback.channel, command.removeprefix("/"))
                assert result.response is not None, command
                assert "Which competition" not in message_text(result.response.message), command
        browse = await robin.slash(playback.channel, "competition browse")
        assert browse.response is not None
        for other in (*OTHERS, NEW_COMPETITION):
            assert str(other.title) in message_text(browse.response.message)
            if other.slug == IN_THREAD:
                continue
            added = await robin.slash(playback.channel, "competition add", competition=other.slug)
            assert added.response is not None
            assert f"Following [{other.title}]" in message_text(added.response.message)


@pytest.mark.processes
async def test_manager_of_the_demo_can_try_roles() -> None:
    async with open_playback(progress=lambda _: None) as playback:
        role = playback.guild.roles["Medal winner"]
        answer = await playback.manager.slash(
            playback.channel, "roles set", criterion=RoleCriterion.FIRST, role=role
        )
        assert answer.response is not None
        assert f"<@&{role.id}>" in message_text(answer.response.message)


@pytest.mark.processes
async def test_visitor_sees_feeds_a_thread_a_search_and_what_is_watched() -> None:
    async with open_playback(progress=lambda _: None) as playback:
        await playback.begin_visit()
        assert "> I have a stable validation" in await playback.run_command("Mika", "team list")
        assert "All news of your team" in await playback.run_command("Mika", "watch list")
        playback.skip_announcements()
        told: dict[int, str] = {}
        for _ in range(8):
            await playback.step()
            announced = list(playback.announcements())
            assert all(announced)
            told[playback.step_count] = "\n".join(announced)
        assert "Read this first" not in "".join(told.values()), "it was there before the feed"
        assert "from the hosts · topic by Harvest Lab · 3 votes" in told[2]
        assert "Rail Delays - Predict the Late Trains" in told[2]
        assert "Gradient boosting in 60 lines" not in told[3], "it has too few votes yet"
        assert "notebook by Lucía · 20 votes" in told[4]
        (thread,) = playback.channel.threads
        assert thread.name == "Bird Songs - Name the Singer"
        assert thread.id in {message.id for message in playback.channel.history()}
        messages = list(playback.direct_messages())
        assert {name for name, _ in messages} == {"Mika"}
        assert "What you watch in Data Science Club" in messages[0][1]
        assert "You climbed 5 places to #16" in messages[0][1]


def test_no_competition_can_be_taken_for_another_that_was_renamed() -> None:
    """`/competition rename` looks for the same team ids."""
    recorded = read_recording()[0]
    boards = [recorded, *(make_other_board(recorded, one.slug, 300, ()) for one in OTHERS)]
    ids = [set(read_board(board.csv, taken_at=board.taken_at).teams.team_id) for board in boards]
    assert sum(map(len, ids)) == len(set().union(*ids))


def test_dates_are_new_only_of_new_submissions() -> None:
    recording = read_recording()
    moved = space_evenly(recording, SIMULATED_START, STEP)
    assert [board.taken_at for board in moved[:2]] == [SIMULATED_START, SIMULATED_START + STEP]

    def find_resubmitted(boards: list[RecordedBoard]) -> list[set[int]]:
        dates = [
            {
                entry.team_id: entry.last_submission_at
                for entry in read_board(board.csv, taken_at=board.taken_at).entries()
            }
            for board in boards[::8]
        ]
        return [
            {team for team, date in after.items() if team in before and date != before[team]}
            for before, after in pairwise(dates)
        ]

    found = find_resubmitted(moved)
    assert found == find_resubmitted(recording)
    assert 0 < max(map(len, found)) < 700


@pytest.mark.processes
async def test_demo_ends_without_errors_after_a_refusal() -> None:
    async with open_playback(progress=lambda _: None, check_errors=False) as playback:
        refused = await playback.manager.slash(
            playback.channel, "competition add", competition=playback.slug
        )
        assert refused.response is not None
        assert "already follows" in message_text(refused.response.message)


@pytest.mark.processes
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
async def test_page_opens_at_the_guide_which_says_where_answers_are() -> None:
    async with (
        run_demo(seconds=600, hours=2) as running,
        open_browser() as browser,
        open_page(browser, running.url, width=600) as page,
    ):
        assert "then\nscroll down to the answer:" in running.printed
        timeline = await page.page.locator("#channel-timeline").bounding_box()
        guide = await page.page.locator("[data-message-id]").last.bounding_box()
        assert timeline is not None
        assert guide is not None
        assert timeline["y"] <= guide["y"]
        # Chromium scrolls by whole pixels, while heights have fractions.
        assert guide["y"] + guide["height"] < timeline["y"] + timeline["height"] + 1
        assert await page.page.get_by_text("then scroll down to the answer").count() == 1


@pytest.mark.processes
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
async def test_option_is_chosen_as_the_terminal_and_the_guide_say() -> None:
    async with (
        run_demo(seconds=600, hours=0) as running,
        open_browser() as browser,
        open_page(browser, running.url, width=720) as page,
    ):
        hint = "type /history, press Enter, choose member, choose Noor, press the arrow."
        assert f"With an option: {hint}\nIf you do not see the arrow" in running.printed
        guide = page.page.locator("[data-message-id]").last
        assert f"With an option: {hint} No arrow?" in await guide.inner_text()
        await page.run_command("/history", "member", "Noor")
        assert (
            "A score: type /whatif, press Enter, type 0.9711, press the arrow.\n" in running.printed
        )
        await page.run_command("/whatif", value="0.9711")
        assert "had 0.9711" in await page.page.locator("[data-message-id]").last.inner_text()
        assert await page.find_faults() == []


@pytest.mark.processes
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
async def test_feed_is_set_as_the_terminal_and_the_guide_say() -> None:
    async with (
        run_demo(seconds=600, hours=0) as running,
        open_browser() as browser,
        open_page(browser, running.url, width=720) as page,
    ):
        hint = "type /feed notebooks, press Enter, choose leaderboard, press the arrow."
        assert f"A feed: {hint}" in running.printed
        assert f"A feed: {hint}" in await page.page.locator("[data-message-id]").last.inner_text()
        await page.view_as("Robin")
        await page.run_command("/feed notebooks", "leaderboard")
        assert await page.find_faults() == []


@pytest.mark.processes
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
async def test_selects_of_a_section_show_its_own_settings() -> None:
    async with (
        run_demo(seconds=600, hours=0) as running,
        open_browser() as browser,
        open_page(browser, running.url, width=720) as page,
    ):
        await page.view_as("Robin")
        await page.run_command("/settings")
        selects = page.page.locator("[data-message-id]").last.get_by_role("combobox")
        for section, first_shown in (("Announcements", "leaderboard"), ("Roles", "No role")):
            await selects.last.click()
            await page.page.get_by_role("option", name=section).click()
            await expect(selects.first).to_have_text(first_shown)
        assert await page.find_faults() == []


@pytest.mark.parametrize(("seconds", "is_offered"), [(15, True), (3, False)])
def test_faster_demo_is_offered_only_if_it_is_faster(seconds: float, is_offered: bool) -> None:
    assert ("Faster:" in build_welcome("http://127.0.0.1", seconds)) is is_offered


def test_terminal_says_how_to_go_on_after_a_refusal() -> None:
    """SimCord's page takes a refusal for an error, and keeps the command."""
    assert (
        "When the bot refuses something, the page shows a red badge and keeps the command. Close\n"
        "it with the cross at its right to go on."
    ) in build_welcome("http://127.0.0.1", 15)


def test_terminal_says_that_direct_messages_are_printed() -> None:
    assert (
        "The page shows no direct messages. They are printed here, such as what Mika watches.\n"
    ) in build_welcome("http://127.0.0.1", 15)
