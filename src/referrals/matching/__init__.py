"""A client's need and the services there are, made into ranked proposals with reasons."""
