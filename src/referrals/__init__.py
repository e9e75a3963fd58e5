"""Referrals: from a need to a service that really helped."""
