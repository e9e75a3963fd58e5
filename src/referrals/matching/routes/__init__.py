"""Pages of this room: what fits a need, sending what was chosen, starting from a service or from a list that the person made."""

from litestar.handlers import HTTPRouteHandler

from referrals.matching.routes import after, awaiting, together
from referrals.matching.routes.agree import agree, answer
from referrals.matching.routes.ask import ask_provider
from referrals.matching.routes.compare import choose_with, compare
from referrals.matching.routes.handed import code_page, list_page, open_code, take
from referrals.matching.routes.kept import kept_list, unmet_needs
from referrals.matching.routes.match import match
from referrals.matching.routes.plan import plan, plan_after
from referrals.matching.routes.refer import refer_here
from referrals.matching.routes.send import send, send_it
from referrals.matching.routes.weights import weigh, weights
from referrals.matching.routes.why import search, why_not

routes: list[HTTPRouteHandler] = [
    match, search, why_not, ask_provider, compare, choose_with, plan, plan_after, kept_list, unmet_needs, weights, weigh, send, send_it,
    refer_here, code_page, open_code, list_page, take, agree, answer, *awaiting.routes, *together.routes, *after.routes,
]  # fmt: skip
