"""A server as a whole: status, help, joining and leaving."""
