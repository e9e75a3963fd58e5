"""data·inclusion v1: what we know of services and those who run them, as the French référentiel has it."""
