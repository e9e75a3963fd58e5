"""The rules of outcomes: how voices agree, how far goals were reached, what may be told of it. Pure."""
