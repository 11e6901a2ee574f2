"""Pictures of every screen, for the README and for whoever changes one."""
