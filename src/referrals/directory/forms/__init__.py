"""The short pages on which people keep a listing: each a few questions, tables of them, and strings turned into values.

An item of a page shows what stands (`show`), and reads what was typed (`enter`) into values of `directory.changes`.
"""
