"""What feeds tell, as it is sent to Discord: each body is held to Discord's own description."""

from datetime import datetime, timedelta

from leaderboards.feeds.posts import Post, PostKind
from records.feeds import PostFeed
from tests.faults.channels import Channels


def post(number: int, at: datetime) -> Post:
    return Post(
        PostKind.TOPIC,
        str(number),
        "](https://evil.example) @everyone " * 9,
        None,
        50,
        f"https://www.kaggle.com/competitions/titanic/discussion/{number}",
        at,
        is_by_host=number == 1,
    )


async def test_topics_arrive_once_in_the_channel_that_asked(channels: Channels) -> None:
    storage, guild, now = channels.storage, channels.guild, channels.clock.now()
    competition = await storage.competitions.add_for_owner("titanic")
    await storage.guilds.follow(guild.id, competition.id, None, 7, now, None)
    other = guild.channels["other"]
    await storage.post_feeds.save(PostFeed(guild.id, other, PostKind.TOPIC, 10))
    for hours, numbers in ((0, ()), (1, range(9)), (2, range(9))):
        at = now + timedelta(hours=hours)
        listed = [post(number, at) for number in numbers]
        await storage.posts.write(competition.id, PostKind.TOPIC, listed, at, at)
    channels.bot.dispatch("messages_queued")
    await channels.wait_until_delivered()
    (message,) = await channels.wire.messages(other)
    assert message.text.count("topic by a deleted account") == 5
    assert "-# 4 further ones are not shown here" in message.text
    assert await channels.wire.messages(guild.channels["news"]) == []
