"""Reaching a person safely. `tell` is the one function that sends anything to a client; there is no other way.

A message to a client says that there is something to read and where. It names no service, no need and no person, in
its subject or in its body: somebody else may be looking at the screen.
"""

from referrals.clients.contacting.gateway import Told, reachable, tell

__all__ = ["Told", "reachable", "tell"]
