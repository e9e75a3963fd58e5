"""The inbox of a receiver with an account: its queues, whose hands a request is in, and answering several at once."""
