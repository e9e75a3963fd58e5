"""What a listing does not say, asked of whoever runs the service by a link that needs no account; the answer mends the listing.

A question holds a code and what the listing lacks. Nothing in it comes from anybody's file, and nobody's file knows of it.
"""
