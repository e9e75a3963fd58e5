"""What curators do: one list of everything in the directory that waits for somebody's eyes, the worst first."""
