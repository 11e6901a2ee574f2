"""Records of the database, as plain values: storage returns them, screens show them."""
