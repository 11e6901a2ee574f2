"""How everything looks: text safety, formats and screens. Knows nothing of storage."""
