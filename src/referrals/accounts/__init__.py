"""Who acts: people with an account, what they may do, and for which organization. Knows nothing of clients or services."""
