"""Keeping listings true: who is asked, how often, by which mail, and the link that answers without an account."""
