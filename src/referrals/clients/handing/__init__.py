"""Handing people over: one person or a whole caseload, to a colleague or several, for a time or for good."""
