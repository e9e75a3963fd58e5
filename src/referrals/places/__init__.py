"""Where things are: towns, postcodes and points. Knows no social service."""
