"""Pages of this room: the case manager's day, a referral, the receiver's answer, the client's voice, the team."""

from litestar.handlers import HTTPRouteHandler

from referrals.tracking.routes import (
    agreements,
    appointments,
    asks,
    behind,
    choosing,
    client_page,
    decisions,
    disputes,
    feedback,
    goals,
    goes_to,
    inbox,
    keep_away,
    letter,
    need_story,
    needs,
    own_page_links,
    pace,
    receiver,
    receiver_desk,
    receiver_words,
    referral,
    referral_words,
    reviews,
    taken_over,
    today,
    voices,
)

routes: list[HTTPRouteHandler] = [
    *today.routes, *taken_over.routes, *referral.routes, *decisions.routes, *needs.routes, *need_story.routes, *inbox.routes, *receiver.routes, *receiver_desk.routes, *receiver_words.routes,
    *referral_words.routes, *letter.routes, *feedback.routes, *client_page.routes,
    *keep_away.routes, *goes_to.routes, *voices.routes, *disputes.routes, *goals.routes, *behind.routes, *appointments.routes,
    *own_page_links.routes, *agreements.routes, *asks.routes, *reviews.routes, *choosing.routes, *pace.routes,
]  # fmt: skip
