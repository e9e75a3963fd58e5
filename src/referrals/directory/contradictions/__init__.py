"""What cannot be true in a listing: found by rules, kept with the data, told as a sentence, closed when it is mended."""
