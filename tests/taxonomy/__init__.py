"""Our words."""
