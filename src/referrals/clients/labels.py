"""What a file's codes are called on the screen."""

from referrals.kit.html import language_name
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _

MOBILITY = {
    "car": N_("By car"),
    "transit": N_("By bus, tram or train"),
    "bike": N_("By bicycle"),
    "walk": N_("On foot"),
    "none": N_("Cannot travel"),
}
NEED_STATUS = {
    "open": N_("Open"),
    "in_referral": N_("On its way"),
    "met": N_("Met"),
    "partly_met": N_("Partly met"),
    "unmet": N_("Unmet"),
    "withdrawn": N_("Withdrawn"),
    "met_elsewhere": N_("Met elsewhere"),
}
NEED_KIND = {"open": "attention", "in_referral": "brand", "met": "good", "partly_met": "good", "unmet": "stop"}


def mobility_options() -> list[tuple[str, str]]:
    return [(code, _(label)) for code, label in MOBILITY.items()]


def need_status(code: str) -> str:
    return _(NEED_STATUS[code])


def need_kind(code: str) -> str:
    """The colour of a status badge."""
    return NEED_KIND.get(code, "plain")


def language_options(codes: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(code, language_name(code)) for code in codes]


WISHES = {
    "soon": N_("Soon"),
    "near": N_("Near"),
    "cheap": N_("Not dear"),
    "mine": N_("As they wish it"),
}
RECEIVED = {
    "wish": {
        "female": N_("Rather a woman"),
        "male": N_("Rather a man"),
        "individual": N_("Rather one to one"),
        "group": N_("Rather in a group"),
    },
    "must": {
        "female": N_("Only a woman"),
        "male": N_("Only a man"),
        "individual": N_("Only one to one"),
        "group": N_("Only in a group"),
    },
}
MODELS = {
    "brokerage": (N_("Brokerage"), N_("You find and refer; they use it their way. The usual one.")),
    "intensive": (N_("Intensive"), N_("Close and quick, with company on the way: what begins soon counts more.")),
    "clinical": (N_("Clinical"), N_("Several kinds of care together: one place for more than one need counts more.")),
    "strengths": (N_("Strengths"), N_("Starts from what they can and love: their wishes count more.")),
}
FIELDS = {
    "given_name": N_("First name"),
    "email": N_("E-mail"),
    "phone": N_("Phone"),
    "place": N_("Town"),
    "max_minutes": N_("Longest way, in minutes"),
    "max_km": N_("Or in kilometres"),
    "birth_date": N_("Birth date"),
    "age": N_("Age"),
    "audience": N_("Situation"),
    "accessibility": N_("Access"),
    "documents": N_("Papers at hand"),
    "receives": N_("Help they have already"),
    "receives_words": N_("Add a kind of help"),
    "availability": N_("When are they free?"),
    "funding": N_("Who pays?"),
    "ceiling_per_session": N_("What may a session cost?"),
    "affinities": N_("What they love or are good at"),
    "female": N_("Who receives them, and how"),
    "individual": N_("Who receives them, and how"),
    "second": N_("What counts most to them?"),
    "third": N_("What counts most to them?"),
    "fourth": N_("What counts most to them?"),
}
"""What a field is called where its sentence stands apart from it."""
AWAY_KINDS = {
    "safety": N_("Safety"),
    "other_party": N_("Somebody to keep away from goes there"),
    "refused": N_("They do not want to go there"),
    "conflict": N_("Conflict of interest"),
}


def received_options() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """(code, label, choices): who receives them, and in which form."""
    named = {"female": _("A woman"), "male": _("A man"), "individual": _("One to one"), "group": _("In a group")}
    strengths = [("", _("No matter")), ("wish", _("Rather")), ("must", _("Only"))]
    return [(code, label, strengths) for code, label in named.items()]


def wish_options() -> list[tuple[str, str]]:
    return [(code, _(label)) for code, label in WISHES.items()]


def model_options() -> list[tuple[str, str, str]]:
    return [(code, _(label), _(hint)) for code, (label, hint) in MODELS.items()]


def complaint(name: str, sentence: str) -> str:
    """`Age: please give a number.` A row of hours names itself."""
    return (
        _("%(field)s: %(sentence)s") % {"field": _(FIELDS[name]).rstrip(" ?"), "sentence": sentence}
        if name in FIELDS
        else sentence
    )


def away_kind_options() -> list[tuple[str, str]]:
    return [(code, _(label)) for code, label in AWAY_KINDS.items()]
