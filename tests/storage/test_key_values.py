from storage.storage import Storage


async def test_a_fact_is_kept_in_place_of_the_former_one(storage: Storage) -> None:
    assert await storage.key_values.get("commands") is None
    await storage.key_values.set("commands", "one")
    await storage.key_values.set("commands", "two")
    assert await storage.key_values.get("commands") == "two"
