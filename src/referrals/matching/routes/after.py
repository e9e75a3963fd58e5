"""What can be done after an attempt that led nowhere."""

from litestar.handlers import HTTPRouteHandler

from referrals.matching.routes import in_turn, lacking
from referrals.matching.routes.next import send_next
from referrals.matching.routes.room import ask_room

routes: list[HTTPRouteHandler] = [send_next, ask_room, *in_turn.routes, *lacking.routes]
