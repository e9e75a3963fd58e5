"""Directories coming in."""
