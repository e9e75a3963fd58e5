"""A caseload as a file, for those who must hand one in: the columns that somebody chooses, of what they may see anyway."""
