"""A referral: the append-only story of one client at one service, and what came of it."""
