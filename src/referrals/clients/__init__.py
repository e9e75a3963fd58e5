"""What is needed: people, their needs, what they agreed to, and how they may be reached. Knows nothing of services."""
