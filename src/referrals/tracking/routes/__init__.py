"""Pages of this room: the case manager's day, a referral, the receiver's answer, the client's voice, the team."""

from litestar.handlers import HTTPRouteHandler

from referrals.tracking.routes import feedback, goes_to, keep_away, my_requests, needs, receiver, referral, today

routes: list[HTTPRouteHandler] = [
    *today.routes, *referral.routes, *needs.routes, *receiver.routes, *feedback.routes, *my_requests.routes,
    *keep_away.routes, *goes_to.routes,
]  # fmt: skip
