from storage.storage import Storage


async def test_set_replaces_the_former_value(storage: Storage) -> None:
    assert await storage.key_values.get("commands") is None
    await storage.key_values.set("commands", "one")
    await storage.key_values.set("commands", "two")
    assert await storage.key_values.get("commands") == "two"
