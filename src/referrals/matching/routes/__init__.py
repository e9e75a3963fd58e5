"""Pages of this room: what fits a need, sending what was chosen, starting from a service or from a list that the person made."""

from litestar.handlers import HTTPRouteHandler

from referrals.matching.routes.handed import code_page, list_page, open_code, take
from referrals.matching.routes.match import match
from referrals.matching.routes.refer import refer_here
from referrals.matching.routes.send import send, send_it

routes: list[HTTPRouteHandler] = [match, send, send_it, refer_here, code_page, open_code, list_page, take]
