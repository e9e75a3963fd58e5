"""Measurements that are run by hand (`make bench-…`), and the synthetic directory that they share."""
