import pytest

from records.members import StoredLink
from storage.errors import NameTaken
from storage.storage import Storage
from tests.storage.examples import LATER, NOW


async def test_link_is_found_by_member_and_by_name_in_any_case(storage: Storage) -> None:
    await storage.links.link(1, 10, "Alice", linked_by=99, now=NOW)
    link = StoredLink(1, 10, "Alice", wants_ping=False, linked_by=99, linked_at=NOW)
    assert await storage.links.find_counted_link(1, 10) == link
    assert await storage.links.find_link_by_user_name(1, "aLICE") == link
    assert await storage.links.load_counted_links(1) == [link]


async def test_new_link_replaces_the_former_and_keeps_mention(storage: Storage) -> None:
    await storage.links.link(1, 10, "alice", linked_by=10, now=NOW)
    assert await storage.links.set_wants_ping(1, 10, wants_ping=True)
    await storage.links.link(1, 10, "ALICE2", linked_by=99, now=LATER)
    assert await storage.links.load_counted_links(1) == [
        StoredLink(1, 10, "ALICE2", wants_ping=True, linked_by=99, linked_at=LATER)
    ]
    await storage.links.link(1, 10, "alice2", linked_by=10, now=LATER)
    assert await storage.links.find_link_by_user_name(1, "alice") is None


async def test_user_name_belongs_to_one_member_of_a_server(storage: Storage) -> None:
    await storage.links.link(1, 10, "alice", linked_by=10, now=NOW)
    with pytest.raises(NameTaken) as taken:
        await storage.links.link(1, 11, "Alice", linked_by=11, now=NOW)
    assert taken.value.user_id == 10
    assert await storage.links.find_counted_link(1, 11) is None
    await storage.links.link(2, 11, "Alice", linked_by=11, now=NOW)
    assert [link.user_id for link in await storage.links.load_counted_links(1)] == [10]
    assert [link.user_id for link in await storage.links.load_counted_links(2)] == [11]
    assert [link.guild_id for link in await storage.links.load_counted_links_by_user(11)] == [2]


async def test_unlink_returns_the_link(storage: Storage) -> None:
    await storage.links.link(1, 10, "alice", linked_by=10, now=NOW)
    assert await storage.links.unlink(2, 10) is None
    gone = await storage.links.unlink(1, 10)
    assert gone is not None
    assert gone.user_name == "alice"
    assert await storage.links.unlink(1, 10) is None
    assert await storage.links.load_counted_links(1) == []


async def test_mention_needs_a_link(storage: Storage) -> None:
    assert not await storage.links.set_wants_ping(1, 10, wants_ping=True)
    assert await storage.links.find_counted_link(1, 10) is None


async def test_links_are_sorted_by_name_ignoring_case(storage: Storage) -> None:
    for user_id, user_name in enumerate(["bob", "Alice", "Carol"]):
        await storage.links.link(1, user_id, user_name, linked_by=9, now=NOW)
    names = [link.user_name for link in await storage.links.load_counted_links(1)]
    assert names == ["Alice", "bob", "Carol"]
