"""Standards in and out: what other directories say, taken in without losing anything unsaid."""
