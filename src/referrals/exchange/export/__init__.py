"""The whole directory as a file: the formats it leaves in, what each of them cannot say, and the files kept for download."""
