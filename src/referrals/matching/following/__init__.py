"""What follows an attempt that led nowhere: the next best, who is asked in turn, what a listing should have said."""
