"""What the database keeps, as plain values: storage returns them, screens show them."""
