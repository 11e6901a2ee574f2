from tests.cogs.conftest import world

__all__ = ["world"]
