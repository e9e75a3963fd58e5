"""A made-up town in which a year passes: what an order of proposals does to people, queues and newcomers. Pure."""
