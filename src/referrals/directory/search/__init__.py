"""Words to services: what was meant (`understand`), an engine behind a small port, and `find`, which joins them."""
