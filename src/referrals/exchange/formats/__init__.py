"""Other people's ways of writing a directory, each turned into HSDS objects so that it takes everybody's road."""
