"""How competitions end, in two servers and over weeks."""

from datetime import timedelta

from leaderboards.errors import (
    InconsistentPages,
    KaggleError,
    NotALeaderboard,
    RateLimited,
    TimedOut,
)
from leaderboards.news.channel_mode import ChannelMode
from tests.cogs.examples import FINAL, TEAMS, crowd
from tests.cogs.syncing.ends import (
    DEADLINE,
    begin,
    check_now,
    find_competition,
    skip_a_month,
    skip_days,
    sync_now,
)
from tests.cogs.world import (
    START,
    Team,
    World,
    announced,
    announcements,
    build_zip,
    raw,
    response_text,
    text_of,
)


async def test_competition_is_archived_after_its_deadline(world: World) -> None:
    await begin(world)
    elsewhere = world.add_server()
    await world.follow(server=elsewhere)
    await world.ask(elsewhere.ada, "link", username="user40")
    stands = world.server.guild.create_text_channel("stands")
    await world.ask(world.server.manager, "competition live", channel=stands)
    await world.pass_time(hours=1, minutes=50)
    assert (await find_competition(world)).ended_at is None
    announced_before = len(announced(world))

    # The deadline passes; Kaggle still shows the public board, and syncs pause.
    await world.pass_time(minutes=45)
    assert (await find_competition(world)).ended_at == DEADLINE
    downloads = len(world.kaggle.downloads)
    await world.pass_time(hours=6)
    checks = len(world.kaggle.downloads) - downloads
    assert 5 <= checks <= 9
    assert world.kaggle.pages.count("titanic") >= checks
    assert announced(world)[announced_before:] == []

    # Later Kaggle shows the private board; the bot was restarted meanwhile.
    world.serve_private("titanic", FINAL)
    await world.restart()
    world.sync_every(minutes=30)
    await world.pass_time(hours=3)
    (end,) = announced(world)[announced_before:]
    assert "## 🏁 [Titanic](https://www.kaggle.com/competitions/titanic/leaderboard) has" in end
    assert f"👑 **Team 20** ({world.server.ada.mention}) won with **0.7990** among 40 teams." in end
    assert "**Members**  ·  🥇 1  🥈 1" in end
    assert f"🥇 **#1** ▲19 {world.server.ada.mention} · 0.7990" in end
    assert f"🥈 **#7** ▼1 {world.server.bob.mention} · 0.7930" in end
    assert "-# ▲▼ against the public rank\n" in end
    assert "**Shake-up** 2.4 %: a team moved 1 place on average" in end
    assert "▲19 Team 20 · #20 → #1" in end
    assert "`/leaderboard competition:titanic` shows it" in end
    (picture,) = announcements(world)[-1].attachments
    assert picture.description == "Public and private ranks of 40 teams, in Titanic"
    end_elsewhere = announced(world, elsewhere)[-1]
    assert f"**#40** ±0 {elsewhere.ada.mention} · 0.7600" in end_elsewhere
    assert world.server.ada.mention not in end_elsewhere
    (live,) = stands.history()
    assert "🏁 final private board" in text_of(raw(live))
    assert "0.7990" in text_of(raw(live))

    # Nothing more is read or announced until the final board is looked at again.
    world.sync_every(minutes=120)
    calls = len(world.kaggle.downloads), len(world.kaggle.pages)
    await world.pass_time(hours=20)
    assert (len(world.kaggle.downloads), len(world.kaggle.pages)) == calls
    assert len(announced(world)) == announced_before + 1
    status = await world.ask(world.server.ada, "status")
    assert "All is well" in status
    assert "**Titanic** · 🏁 ended <t:" in status
    listed = await world.ask(world.server.manager, "competition list")
    assert "### All competitions of this server are over" in listed
    assert "### 🏁 1 competition in the archive" in listed
    assert "40 teams · private board · ended <t:" in listed

    # It is still shown.
    board = await world.ask(world.server.ada, "leaderboard")
    assert "🏁 final private board" in board
    assert f"` 1 ▲19 0.7990` **Team 20** {world.server.ada.mention}" in board
    assert f"` 7 ▼1  0.7930` Team 6 {world.server.bob.mention}" in board
    assert "▲▼ against the public rank" in board
    result = await world.run(world.server.ada, "leaderboard", public=True)
    assert "public board of <t:" in response_text(result)
    assert "0.99990" in response_text(result)
    assert "against the public rank" not in response_text(result)
    assert result.response is not None
    await world.server.ada.click(result.response.message, label="Final board")
    (now,) = [m for m in world.server.channel.history() if m.id == result.response.id]
    assert "🏁 final private board" in text_of(raw(now))
    rank = await world.ask(world.server.ada, "rank")
    assert "# 🥇 #1" in rank
    assert "**Public board** #20 · ▲19" in rank
    # A second competition is the only one that goes on: it need not be named.
    world.serve("spaceship", TEAMS[:3])
    await world.follow("spaceship")
    assert "3 teams" in await world.ask(world.server.ada, "leaderboard")
    synced = await world.ask(world.server.manager, "competition sync", competition="titanic")
    assert "is in the archive. The final board is as it was." in synced
    assert len(announced(world)) == announced_before + 2


async def test_simulation_is_followed_until_it_stands_still(world: World) -> None:
    """After the deadline the games go on: scores change without submissions, for weeks."""
    await begin(world)
    await world.pass_time(hours=2)
    downloads = len(world.kaggle.downloads)

    def play(day: int) -> None:
        rated = sorted(TEAMS, key=lambda team: (team.id * 7 + day) % 40)
        world.serve(
            "titanic",
            [
                Team(t.id, t.name, f"{900 - n * 3 + day / 10:.1f}", t.members)
                for n, t in enumerate(rated)
            ],
            at=world.bot.services.now(),
        )

    for day in range(2, 41, 4):
        skip_days(world, day)
        play(day)
        await world.pass_time(minutes=31)
        play(day + 40)
        await world.pass_time(minutes=31)
        assert (await find_competition(world)).archived_at is None
    assert len(world.kaggle.downloads) - downloads >= 20
    play(99)
    assert "is read until it stands still" in await sync_now(world)
    world.sync_every(minutes=60)
    await world.pass_time(hours=20)
    assert (await find_competition(world)).archived_at is None
    await world.pass_time(hours=12)
    assert (await find_competition(world)).archived_at is not None
    assert "🏁" in announced(world)[-1]


async def test_board_with_few_other_scores_is_private_after_a_second_check(world: World) -> None:
    await begin(world)
    few = [*TEAMS[:37], *(Team(t.id, t.name, "0.5", t.members) for t in TEAMS[37:])]
    world.serve_private("titanic", few)
    await world.pass_time(hours=2, minutes=20)
    assert (await find_competition(world)).archived_at is None
    await world.pass_time(hours=1)
    assert (await find_competition(world)).archived_at is not None
    assert "final private board" in announced(world)[-1]


async def test_private_board_with_a_gap_is_never_final(world: World) -> None:
    teams = crowd(500)
    final = [Team(t.id, t.name, f"{0.5 - n / 10_000:.4f}") for n, t in enumerate(teams)]
    world.sync_every(minutes=60)
    world.list_competition(deadline=DEADLINE)
    world.serve("titanic", teams)
    await world.follow()
    world.serve_private("titanic", [*final[:200], *final[400:]])
    await world.pass_time(hours=9)
    assert (await find_competition(world)).archived_at is None
    status = await world.ask(world.server.ada, "status")
    assert "200 of 500 teams are missing on its pages" in status
    world.serve_private("titanic", final)
    await world.pass_time(hours=6)
    assert (await find_competition(world)).archived_at is not None
    assert "among 500 teams" in announced(world)[-1]


async def test_moved_deadline_reopens_the_competition(world: World) -> None:
    await begin(world)
    later = START + timedelta(hours=5)
    world.list_competition(deadline=later)
    await world.pass_time(hours=2, minutes=35)
    assert ((await find_competition(world)).ended_at, (await find_competition(world)).deadline) == (
        None,
        later,
    )

    # It is extended only after it has ended: the syncs resume.
    await world.pass_time(hours=3)
    assert (await find_competition(world)).ended_at == later
    world.list_competition(deadline=later + timedelta(days=5))
    await check_now(world)
    competition = await find_competition(world)
    assert competition.ended_at is None
    downloads = len(world.kaggle.downloads)
    await world.pass_time(hours=2)
    assert len(world.kaggle.downloads) - downloads == 4


async def test_competition_stays_open_while_the_list_cannot_be_read(world: World) -> None:
    await begin(world)
    world.kaggle.listed["titanic"] = TimedOut("Kaggle did not answer.")
    await world.pass_time(hours=3)
    assert (await find_competition(world)).ended_at is None
    skip_a_month(world)
    await check_now(world)
    competition = await find_competition(world)
    assert (competition.ended_at, competition.archived_at) == (None, None)
    world.list_competition(deadline=START + timedelta(days=60))
    await check_now(world)
    assert (await find_competition(world)).ended_at is None


async def test_failures_delay_the_private_board(world: World) -> None:
    await begin(world)
    await world.pass_time(hours=2, minutes=35)
    announced_before = len(announced(world))
    faults: list[KaggleError] = [TimedOut("Too slow."), RateLimited("Kaggle asks for fewer calls.")]
    for fault in faults:
        world.kaggle.private_boards["titanic"] = fault
        await check_now(world)
        assert (await find_competition(world)).archived_at is None
    assert "fewer calls" in await world.ask(world.server.ada, "status")
    world.serve_private("titanic", FINAL)
    await world.pass_time(hours=4)
    assert (await find_competition(world)).archived_at is not None
    assert "All is well" in await world.ask(world.server.ada, "status")
    assert len(announced(world)) == announced_before + 1


async def test_competition_without_private_board_is_archived(world: World) -> None:
    await begin(world)
    await world.pass_time(hours=2, minutes=35)
    announced_before = len(announced(world))
    skip_a_month(world)
    await check_now(world)
    assert (await find_competition(world)).archived_at is not None
    (end,) = announced(world)[announced_before:]
    assert "Kaggle shows no private board: the public one of <t:" in end
    assert f"🥈 **#6** {world.server.bob.mention} · 0.99940" in end
    assert "Shake-up" not in end


async def test_failing_checks_count_towards_the_maximum_wait(world: World) -> None:
    await begin(world)
    world.list_competition("spaceship", DEADLINE)
    world.serve("spaceship", TEAMS)
    await world.follow("spaceship")
    await world.pass_time(hours=2, minutes=35)
    announced_before = len(announced(world))
    skip_a_month(world)
    world.kaggle.private_boards["spaceship"] = InconsistentPages(
        "The private leaderboard changes each time."
    )

    # One failure may be a mishap after a long rest of the bot; a refusal is of all competitions.
    faults: list[KaggleError] = [TimedOut("Too slow."), RateLimited("Kaggle asks for fewer calls.")]
    for fault in faults:
        world.kaggle.boards["titanic"] = fault
        await check_now(world)
        assert (await find_competition(world)).archived_at is None
    world.kaggle.boards["titanic"] = NotALeaderboard("Kaggle's answer was no leaderboard.")
    for _ in range(2):
        await check_now(world)
    for slug in ("titanic", "spaceship"):
        assert (await find_competition(world, slug)).archived_at is not None
    ends = announced(world)[announced_before:]
    assert len(ends) == 2
    assert all("Kaggle shows no private board" in end for end in ends)
    assert "All is well" in await world.ask(world.server.ada, "status")


async def test_end_by_failing_checks_is_not_announced_again_after_a_restore(world: World) -> None:
    await begin(world)
    await world.pass_time(hours=2, minutes=35)
    # As `restore` marks competitions whose end it may have announced.
    competition = await find_competition(world)
    await world.storage.database.change(
        "INSERT INTO ends_without_announcement (competition_id) VALUES (?)", (competition.id,)
    )
    announced_before = len(announced(world))
    skip_a_month(world)
    world.kaggle.boards["titanic"] = NotALeaderboard("Kaggle's answer was no leaderboard.")
    for _ in range(2):
        await check_now(world)
    assert (await find_competition(world)).archived_at is not None
    assert len(announced(world)) == announced_before


async def test_private_board_is_stored_when_the_download_serves_it(
    world: World,
) -> None:
    await begin(world)
    await world.pass_time(hours=2, minutes=35)
    announced_before = len(announced(world))
    world.kaggle.boards["titanic"] = build_zip("titanic", FINAL, kind="private")
    await check_now(world)
    assert (await find_competition(world)).archived_at is not None
    (end,) = announced(world)[announced_before:]
    assert f"🥇 **#1** ▲19 {world.server.ada.mention} · 0.7990" in end
    assert "All is well" in await world.ask(world.server.ada, "status")


async def test_end_before_the_follow_is_not_announced(world: World) -> None:
    world.list_competition(deadline=START - timedelta(days=400))
    world.serve("titanic", TEAMS)
    world.serve_private("titanic", FINAL)
    answer = await world.follow()
    await world.pass_time(minutes=10)
    assert (await find_competition(world)).archived_at is not None
    (followed,) = announced(world)
    for text in (answer, followed):
        assert "It has ended: only changes of its final board are announced." in text
        assert "will" not in text


async def test_end_is_announced_after_quiet_hours(world: World) -> None:
    await begin(world)
    digests = world.add_server()
    await world.follow(server=digests)
    await world.storage.guilds.change_settings(world.server.guild.id, quiet_from=2, quiet_to=6)
    await world.storage.channels.set_mode(digests.guild.id, digests.channel.id, ChannelMode.DIGEST)
    world.serve_private("titanic", FINAL)
    await world.pass_time(hours=3)
    assert (await find_competition(world)).archived_at is not None
    assert not any("🏁" in text for text in announced(world))
    await world.pass_time(hours=4)
    assert "🏁" in announced(world)[-1]
    assert not any("🏁" in text for text in announced(world, digests))
