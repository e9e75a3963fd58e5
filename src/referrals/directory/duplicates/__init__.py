"""Possible doubles: records that may tell of the same organization, or of the same service at the same place."""
