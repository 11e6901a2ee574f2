"""How everything looks: text safety, formats and screens. Asks nobody; shows what it is handed."""
