"""Rules about members: verification codes, criteria of roles, and rank groups."""
