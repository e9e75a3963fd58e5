"""In which order offers that may be proposed stand, and why: a sum of parts that can be shown. Pure."""
