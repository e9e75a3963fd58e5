"""Webhooks: each step of a referral told to the programs of its two organizations, signed, tried again, kept."""
