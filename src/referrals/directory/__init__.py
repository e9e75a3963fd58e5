"""What is offered: organizations, the services they run, and where. Knows nothing of clients."""
