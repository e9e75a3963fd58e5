"""How the directory's records are changed by people: read a record's fields, write them, remember, propose, undo.

`present` says what stands, `submit` changes it (at once for whoever is trusted, else after a curator's yes), `undo`
takes one change back. A field is a column, a text in one language, or a collection of children; its values are plain
JSON, so that a history row, a proposal and a conflict with a source all hold the same thing.
"""

from referrals.directory.changes.drift import looked_at
from referrals.directory.changes.fields import Record, Value, Values
from referrals.directory.changes.read import present, record_of
from referrals.directory.changes.submit import Live, Waiting, decide, submit, withdraw
from referrals.directory.changes.undo import undo
from referrals.directory.changes.write import Changed, change

__all__ = [
    "Changed", "Live", "Record", "Value", "Values", "Waiting", "change", "decide", "looked_at", "present", "record_of",
    "submit", "undo", "withdraw",
]  # fmt: skip
