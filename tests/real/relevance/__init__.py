"""The judged questions over a real directory; it is not ours to ship, so here are only questions, ids and grades."""
