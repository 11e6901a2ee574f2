"""Options of commands: what they take, what is offered for them, and whose data they may show."""
