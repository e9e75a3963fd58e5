"""How good the order of matches is, against cases that people graded, through the very path that pages take."""
