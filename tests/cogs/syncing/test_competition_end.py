"""How competitions end, in two servers and over weeks."""

from datetime import datetime, timedelta

from leaderboards.errors import (
    InconsistentPages,
    KaggleError,
    NotALeaderboard,
    RateLimited,
    TimedOut,
)
from leaderboards.kaggle.cli_output import CompetitionInfo
from leaderboards.news.channel_mode import ChannelMode
from leaderboards.role_criteria import RoleCriterion
from records.competitions import Competition
from tests.cogs.examples import crowd
from tests.cogs.world import (
    START,
    Team,
    World,
    announced,
    announcements,
    archive,
    raw,
    response_text,
    text_of,
)

DEADLINE = START + timedelta(hours=2)
TEAMS = crowd(40)
FINAL = [
    Team(team.id, team.name, f"{0.8 - rank / 1000:.4f}")
    for rank, team in enumerate([TEAMS[19], *TEAMS[:19], *TEAMS[20:]], 1)
]


def list_competition(
    world: World, deadline: datetime | None = DEADLINE, slug: str = "titanic"
) -> None:
    world.kaggle.listed[slug] = CompetitionInfo(slug, deadline, "Featured")


async def find_competition(world: World, slug: str = "titanic") -> Competition:
    found = await world.storage.competitions.find(slug)
    assert found is not None
    return found


async def check_now(world: World) -> None:
    """Let the next checks be due now, and wait for the round that makes them."""
    for competition in await world.storage.competitions.load_followed():
        if competition.ended_at is not None:
            await world.storage.competitions.schedule(competition.id, world.env.now())
    await world.pass_time(minutes=31)


def skip_a_month(world: World) -> None:
    world.bot.services.now = lambda: world.env.now() + timedelta(days=31)


async def begin(world: World) -> None:
    world.sync_every(minutes=30)
    list_competition(world)
    world.serve("titanic", TEAMS)
    await world.follow()
    await world.ask(world.server.ada, "link", username="user20")
    await world.ask(world.server.bob, "link", username="user6")


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
    assert "## 🏁 [titanic](https://www.kaggle.com/competitions/titanic/leaderboard) has" in end
    assert f"👑 **Team 20** ({world.server.ada.mention}) won with **0.7990** among 40 teams." in end
    assert "**Our people**  ·  🥇 1  🥈 1" in end
    assert f"🥇 **#1** ▲19 {world.server.ada.mention} · 0.7990" in end
    assert f"🥈 **#7** ▼1 {world.server.bob.mention} · 0.7930" in end
    assert "**Shake-up** 2.4 %: a team moved 1 place on average" in end
    assert "▲19 Team 20 · #20 → #1" in end
    (picture,) = announcements(world)[-1].attachments
    assert picture.description == "Public and private ranks of 40 teams, in titanic"
    end_elsewhere = announced(world, elsewhere)[-1]
    assert f"**#40** ±0 {elsewhere.ada.mention} · 0.7600" in end_elsewhere
    assert world.server.ada.mention not in end_elsewhere
    (live,) = stands.history()
    assert "🏁 final private board" in text_of(raw(live))
    assert "0.7990" in text_of(raw(live))

    # Nothing more is read or announced until the final board is looked at again.
    calls = len(world.kaggle.downloads), len(world.kaggle.pages)
    await world.pass_time(hours=20)
    assert (len(world.kaggle.downloads), len(world.kaggle.pages)) == calls
    assert len(announced(world)) == announced_before + 1
    status = await world.ask(world.server.ada, "status")
    assert "All is well" in status
    assert "**titanic** · 🏁 ended <t:" in status
    listed = await world.ask(world.server.manager, "competition list")
    assert "### This server follows 0 competitions" in listed
    assert "### 🏁 1 competition in the archive" in listed
    assert "40 teams · private board · ended <t:" in listed

    # It is still shown.
    board = await world.ask(world.server.ada, "leaderboard")
    assert "🏁 final private board" in board
    assert "0.7990" in board
    result = await world.run(world.server.ada, "leaderboard", public=True)
    assert "public board of <t:" in response_text(result)
    assert "0.99990" in response_text(result)
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


async def archive_competition(world: World) -> None:
    """Let the competition end with a private board on which user8 has bronze, by one rank."""
    await begin(world)
    await world.ask(world.server.bob, "unlink")
    await world.ask(world.server.bob, "link", username="user8")
    world.serve_private("titanic", FINAL)
    await world.pass_time(hours=2, minutes=35)
    assert (await find_competition(world)).archived_at is not None


async def test_removed_teams_move_ranks_medals_roles_and_seasons(world: World) -> None:
    server = world.server
    silver = server.guild.create_role("Silver")
    await world.storage.roles.set_role(server.guild.id, RoleCriterion.SILVER, silver.id)
    await archive_competition(world)
    elsewhere = world.add_server("Followed later")
    await world.follow(server=elsewhere)
    await world.ask(elsewhere.bob, "link", username="user8")
    await world.ask(server.manager, "season create", name="All")
    await world.ask(server.manager, "season add", season="All", competition="titanic")
    announced_before = len(announced(world))

    # Kaggle removes teams 1 and 2: of 38 teams, seven have silver.
    world.serve_private("titanic", [team for team in FINAL if team.id not in (1, 2)])
    await world.pass_time(hours=23)
    assert len(announced(world)) == announced_before
    await world.pass_time(hours=2)
    (change,) = announced(world)[announced_before:]
    assert "## 🏁 The final board of [titanic](" in change
    assert "2 teams removed · 38 teams on it now" in change
    assert (
        f"🥈 **#7** ▲2 {server.bob.mention}\n-# 2 teams above you were removed:"
        " bronze is now silver" in change
    )
    assert server.ada.mention not in change
    assert len(announced(world, elsewhere)) == 1
    assert "# 🥈 #7" in await world.ask(server.bob, "rank")
    guild = world.env.backend.get_guild(server.guild.id)
    assert silver.id in guild.members[server.bob.id].role_ids
    assert "#7" in await world.ask(server.bob, "season standings", season="All")


async def test_final_board_is_looked_at_five_times_within_a_month(world: World) -> None:
    await archive_competition(world)
    looks = []
    for days in range(1, 36):
        world.bot.services.now = lambda days=days: world.env.now() + timedelta(days=days)  # type: ignore[misc]
        pages = len(world.kaggle.pages)
        await world.pass_time(minutes=31)
        if len(world.kaggle.pages) > pages:
            looks.append(days)
    assert looks == [1, 3, 7, 14, 30]


async def test_failing_look_at_the_final_board_is_repeated_and_no_failure(world: World) -> None:
    await archive_competition(world)
    announced_before = len(announced(world))
    world.kaggle.boards["titanic"] = NotALeaderboard("Kaggle's answer was no leaderboard.")
    world.serve_private("titanic", FINAL[1:])
    synced_at = (await find_competition(world)).synced_at
    await world.pass_time(hours=25)
    assert "All is well" in await world.ask(world.server.ada, "status")
    assert (await find_competition(world)).synced_at == synced_at
    assert len(announced(world)) == announced_before
    world.serve("titanic", TEAMS)
    await world.pass_time(hours=7)
    (change,) = announced(world)[announced_before:]
    assert "1 team removed · 39 teams on it now" in change
    assert "👑 **Team 1** is the winner now." in change
    assert f"{world.server.ada.mention} is no longer on the final board (was #1 · gold" in change


async def sync_now(world: World) -> str:
    """Run `/competition sync` after its cooldown."""
    await world.pass_time(minutes=2)
    return await world.ask(world.server.manager, "competition sync")


async def test_sync_command_tells_what_it_did_about_the_end(world: World) -> None:
    await archive_competition(world)
    assert "The final board is as it was." in await sync_now(world)
    world.serve_private("titanic", FINAL[3:])
    assert "The final board changed: 3 teams removed." in await sync_now(world)
    world.serve_private("titanic", FINAL)
    assert "The final board changed: 3 teams added." in await sync_now(world)
    list_competition(world, START + timedelta(days=9))
    assert "The deadline was moved: it ends <t:" in await sync_now(world)


async def test_failing_sync_command_is_no_failure_of_an_archived_competition(world: World) -> None:
    await archive_competition(world)
    world.kaggle.boards["titanic"] = NotALeaderboard("Kaggle's answer was no leaderboard.")
    assert await sync_now(world) == "Kaggle's answer was no leaderboard."
    assert "All is well" in await world.ask(world.server.ada, "status")


async def test_simulation_is_followed_until_it_stands_still(world: World) -> None:
    """After the deadline the games go on: scores change without submissions, for weeks."""
    await begin(world)
    world.kaggle.private_boards.clear()
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

    for day in range(1, 41):
        world.bot.services.now = lambda day=day: world.env.now() + timedelta(days=day)  # type: ignore[misc]
        play(day)
        await world.pass_time(minutes=31)
        play(day + 40)
        await world.pass_time(minutes=31)
        assert (await find_competition(world)).archived_at is None
    assert len(world.kaggle.downloads) - downloads >= 40
    play(99)
    assert "is followed until it does not" in await sync_now(world)
    await world.pass_time(hours=20)
    assert (await find_competition(world)).archived_at is None
    await world.pass_time(hours=12)
    assert (await find_competition(world)).archived_at is not None
    assert "🏁" in announced(world)[-1]


async def test_board_with_few_other_scores_is_private_after_a_second_look(world: World) -> None:
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
    world.sync_every(minutes=30)
    list_competition(world)
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
    list_competition(world, later)
    await world.pass_time(hours=2, minutes=35)
    assert ((await find_competition(world)).ended_at, (await find_competition(world)).deadline) == (
        None,
        later,
    )

    # It is extended only after it has ended: the syncs resume.
    await world.pass_time(hours=3)
    assert (await find_competition(world)).ended_at == later
    list_competition(world, later + timedelta(days=5))
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
    list_competition(world, START + timedelta(days=60))
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
    assert "Kaggle shows no private board of its own: the public one of <t:" in end
    assert f"🥈 **#6** {world.server.bob.mention} · 0.99940" in end
    assert "Shake-up" not in end


async def test_failing_checks_count_towards_the_maximum_wait(world: World) -> None:
    await begin(world)
    list_competition(world, slug="spaceship")
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
    assert all("Kaggle shows no private board of its own" in end for end in ends)
    assert "All is well" in await world.ask(world.server.ada, "status")


async def test_end_by_failing_checks_is_not_announced_again_after_a_restore(world: World) -> None:
    await begin(world)
    await world.pass_time(hours=2, minutes=35)
    # As `restore` marks competitions whose end it may have announced.
    competition = await find_competition(world)
    await world.storage.database.change(
        "INSERT INTO silent_ends (competition_id) VALUES (?)", (competition.id,)
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
    world.kaggle.boards["titanic"] = archive("titanic", FINAL, kind="private")
    await check_now(world)
    assert (await find_competition(world)).archived_at is not None
    (end,) = announced(world)[announced_before:]
    assert f"🥇 **#1** ▲19 {world.server.ada.mention} · 0.7990" in end
    assert "All is well" in await world.ask(world.server.ada, "status")


async def test_end_before_the_follow_is_not_announced(world: World) -> None:
    list_competition(world, START - timedelta(days=400))
    world.serve("titanic", TEAMS)
    world.serve_private("titanic", FINAL)
    await world.follow()
    await world.pass_time(minutes=10)
    assert (await find_competition(world)).archived_at is not None
    assert len(announced(world)) == 1


async def test_competition_without_deadline_never_ends(world: World) -> None:
    world.sync_every(minutes=60)
    list_competition(world, None)
    list_competition(world, datetime(2030, 1, 1, tzinfo=START.tzinfo), "getting-started")
    for slug in ("titanic", "getting-started"):
        world.serve(slug, TEAMS)
        await world.follow(slug)
    world.kaggle.downloads.clear()
    await world.pass_time(days=1)
    assert len(world.kaggle.downloads) >= 46
    # Once a day its pages are looked at: they show the public board.
    assert world.kaggle.pages == ["titanic"]
    for slug in ("titanic", "getting-started"):
        assert (await find_competition(world, slug)).ended_at is None


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


async def begin_without_a_listed_deadline(world: World) -> None:
    world.sync_every(minutes=30)
    world.serve("titanic", TEAMS)
    await world.follow()
    await world.ask(world.server.ada, "link", username="user20")


async def test_unlisted_competition_ends_by_hand(world: World) -> None:
    await begin_without_a_listed_deadline(world)
    deadline = f"{DEADLINE:%Y-%m-%d %H:%M}"
    manager = world.server.manager
    answer = await world.ask(manager, "competition deadline", kind="final", at=deadline)
    assert answer.startswith(f"The final deadline of **titanic** is <t:{DEADLINE.timestamp():.0f}")
    await world.pass_time(hours=1, minutes=30)
    assert "[titanic](https://www.kaggle.com/competitions/titanic/leaderboard) ends <t:" in "".join(
        announced(world)
    )
    assert (await find_competition(world)).ended_at is None
    await world.pass_time(hours=1)
    assert (await find_competition(world)).ended_at == DEADLINE
    world.serve_private("titanic", FINAL)
    await check_now(world)
    assert "🏁 [titanic]" in announced(world)[-1]
    # Looks after the archive change nothing of that.
    await world.pass_time(days=2)
    assert (await find_competition(world)).archived_at is not None
    assert len([text for text in announced(world) if "🏁" in text]) == 1


async def test_end_that_is_over_can_be_given_by_hand(world: World) -> None:
    await begin_without_a_listed_deadline(world)
    await world.pass_time(hours=3)
    world.serve_private("titanic", FINAL)
    answer = await world.ask(
        world.server.manager,
        "competition deadline",
        kind="final",
        at=f"{DEADLINE:%Y-%m-%d %H:%M}",
    )
    assert answer.endswith("From now on I look for its private board.")
    await world.pass_time(minutes=31)
    assert "🏁 [titanic]" in announced(world)[-1]


async def test_given_end_can_be_taken_back(world: World) -> None:
    await begin_without_a_listed_deadline(world)
    deadline = f"{DEADLINE:%Y-%m-%d %H:%M}"
    manager = world.server.manager
    await world.ask(manager, "competition deadline", kind="final", at=deadline)
    await world.pass_time(hours=3)
    assert (await find_competition(world)).ended_at == DEADLINE
    await world.ask(manager, "competition deadline", kind="final")
    await check_now(world)
    assert (await find_competition(world)).ended_at is None


async def test_sync_command_tells_when_a_given_end_was_moved_or_removed(world: World) -> None:
    await begin_without_a_listed_deadline(world)
    manager = world.server.manager
    await world.ask(manager, "competition deadline", kind="final", at=f"{DEADLINE:%Y-%m-%d %H:%M}")
    await world.pass_time(hours=3)
    later = START + timedelta(days=9)
    await world.ask(manager, "competition deadline", kind="final", at=f"{later:%Y-%m-%d %H:%M}")
    moved = f"The deadline was moved: it ends <t:{later.timestamp():.0f}:R>."
    assert moved in await sync_now(world)
    await world.ask(manager, "competition deadline", kind="final", at=f"{DEADLINE:%Y-%m-%d %H:%M}")
    await world.pass_time(hours=1)
    assert (await find_competition(world)).ended_at == DEADLINE
    await world.ask(manager, "competition deadline", kind="final")
    assert "It goes on: no deadline is known." in await sync_now(world)


async def test_one_server_does_not_end_a_competition_for_another(world: World) -> None:
    await begin_without_a_listed_deadline(world)
    await world.follow(server=world.add_server())
    deadline = f"{START:%Y-%m-%d %H:%M}"
    await world.ask(world.server.manager, "competition deadline", kind="final", at=deadline)
    world.serve("titanic", TEAMS[:39])
    await world.pass_time(hours=2)
    competition = await find_competition(world)
    assert competition.ended_at is None
    assert competition.synced_at is not None
    assert world.env.now() - competition.synced_at < timedelta(minutes=31)


async def test_deadline_of_kaggles_list_cannot_be_given_by_hand(world: World) -> None:
    await begin(world)
    answer = await world.ask(
        world.server.manager, "competition deadline", kind="final", at="2030-01-01"
    )
    assert answer == (
        f"Kaggle lists the final deadline of **titanic**: <t:{DEADLINE.timestamp():.0f}:f>."
    )


async def test_unlisted_competition_ends_when_its_private_board_shows(world: World) -> None:
    await begin_without_a_listed_deadline(world)
    await world.pass_time(hours=30)
    assert (await find_competition(world)).ended_at is None
    pages = len(world.kaggle.pages)
    assert pages <= 2
    world.serve_private("titanic", FINAL)
    await world.pass_time(hours=26)
    (end,) = [text for text in announced(world) if "🏁" in text]
    assert f"👑 **Team 20** ({world.server.ada.mention}) won with **0.7990** among 40 teams." in end
    archived_at = (await find_competition(world)).archived_at
    assert archived_at is not None
    # Looks after the archive do not reopen it.
    await world.pass_time(days=4)
    assert (await find_competition(world)).archived_at == archived_at
    assert len([text for text in announced(world) if "🏁" in text]) == 1


async def test_unlisted_competition_ends_when_the_download_is_the_private_board(
    world: World,
) -> None:
    await begin_without_a_listed_deadline(world)
    world.kaggle.boards["titanic"] = archive("titanic", FINAL, kind="private")
    world.serve_private("titanic", FINAL)
    await world.pass_time(hours=50)
    assert len([text for text in announced(world) if "🏁" in text]) == 1
