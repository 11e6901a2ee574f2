"""One team's rank and its history: `/rank`, `/history`, `/compare`."""
