"""Reaching a person safely: by which way, at which hours, under which name, or not at all."""
