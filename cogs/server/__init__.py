"""What concerns a server as a whole: settings, status, help, joining and leaving."""
