from storage.storage import Storage


async def test_a_fact_is_kept_in_place_of_the_former_one(storage: Storage) -> None:
    assert await storage.facts.get("commands") is None
    await storage.facts.set("commands", "one")
    await storage.facts.set("commands", "two")
    assert await storage.facts.get("commands") == "two"
