"""What a file may say, question by question: what is known, what is still open, and what an answer would decide. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from referrals.clients import free_hours, labels
from referrals.clients.file import File
from referrals.clients.papers import paper_label
from referrals.kit.html import language_name, listed, money, number, run_on
from referrals.kit.i18n import N_, current_language
from referrals.kit.i18n import gettext as _
from referrals.places.money import currency_of
from referrals.taxonomy.vocabulary import Vocabulary

Says = Callable[[File, Vocabulary, date], str]
ADULT = 18


@dataclass(frozen=True, slots=True)
class Question:
    """`field`: where on its page it stands; `says`: the answer in words, empty where nobody knows yet."""

    step: str
    field: str
    label: str
    decides: str
    says: Says
    for_minors: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One question of one file. `says`: empty where it is still open."""

    step: str
    field: str
    label: str
    decides: str
    says: str


def lines(file: File, words: Vocabulary, today: date) -> list[Line]:
    """All that are asked of this person, in the order of the pages."""
    age = file.age(today)
    return [
        Line(one.step, one.field, _(one.label), _(one.decides), one.says(file, words, today))
        for one in QUESTIONS
        if not one.for_minors or age is None or age < ADULT
    ]


def open_ones(file: File, words: Vocabulary, today: date) -> list[Line]:
    return [line for line in lines(file, words, today) if not line.says]


def _none(file: File, field: str, label: str) -> str:
    return label if field in file.client.said_none else ""


def _terms(taxonomy: str, field: str, none: str) -> Says:
    def says(file: File, words: Vocabulary, today: date) -> str:
        values: Sequence[str] = getattr(file.client, field)
        spoken = current_language()
        return run_on([words.label(taxonomy, code, spoken) for code in values]) or _none(file, field, _(none))

    return says


def _reached(file: File, words: Vocabulary, today: date) -> str:
    safe = [line.value for line in file.contacts if line.safe]
    return ", ".join(safe)


def _place(file: File, words: Vocabulary, today: date) -> str:
    return " ".join(part for part in (file.client.place_name, file.client.postcode) if part)


def _way(file: File, words: Vocabulary, today: date) -> str:
    return _(labels.MOBILITY[file.client.mobility]) if file.client.mobility else ""


def _limit(file: File, words: Vocabulary, today: date) -> str:
    client = file.client
    if client.mobility == "none":
        return _("Cannot travel")
    said = [_("%(n)d minutes at most") % {"n": client.max_minutes}] if client.max_minutes else []
    said += [_("%(n)s km at most") % {"n": number(client.max_km)}] if client.max_km else []
    return ", ".join(said)


def _free(file: File, words: Vocabulary, today: date) -> str:
    return "; ".join(free_hours.said(file.client.availability)) or _none(file, "availability", _("Any time"))


def _languages(file: File, words: Vocabulary, today: date) -> str:
    return listed([language_name(code) for code in file.client.languages])


def _interpreter(file: File, words: Vocabulary, today: date) -> str:
    return {None: "", True: _("Fine"), False: _("Not wanted")}[file.client.interpreter_ok]


def _age(file: File, words: Vocabulary, today: date) -> str:
    age = file.age(today)
    return "" if age is None else str(age)


def _gender(file: File, words: Vocabulary, today: date) -> str:
    return {"female": _("Woman"), "male": _("Man"), "other": _("Other")}.get(file.client.gender or "", "")


def _papers(file: File, words: Vocabulary, today: date) -> str:
    return run_on([paper_label(code) for code in file.client.documents]) or _none(file, "documents", _("None"))


def _guardian(file: File, words: Vocabulary, today: date) -> str:
    return {None: "", True: _("Agrees"), False: _("Does not agree")}[file.client.guardian_consent]


def _receives(file: File, words: Vocabulary, today: date) -> str:
    """Services among them are named where services are known; here they are counted."""
    spoken = current_language()
    named = [words.label("need", code, spoken) for code in file.client.receives if words.need(code)]
    services = len(file.client.receives) - len(named)
    named += [_("a service of the directory")] if services == 1 else []
    named += [_("%(n)d services of the directory") % {"n": services}] if services > 1 else []
    return run_on(named) or _none(file, "receives", _("None"))


def _ceiling(file: File, words: Vocabulary, today: date) -> str:
    if file.client.ceiling_per_session is not None:
        ceiling = money(file.client.ceiling_per_session, currency_of(file.client.country))
        return _("%(amount)s at most") % {"amount": ceiling}
    return _none(file, "ceiling_per_session", _("No limit"))


def _received(file: File, words: Vocabulary, today: date) -> str:
    return listed(list(_wishes(file)))


def _wishes(file: File) -> Iterator[str]:
    client = file.client
    said = [(client.practitioner, client.practitioner_must)] if client.practitioner else []
    said += [(code, client.formats_must) for code in client.formats]
    for code, must in said:
        label = labels.RECEIVED["must" if must else "wish"][code]
        yield _(label)


def _order(file: File, words: Vocabulary, today: date) -> str:
    return " › ".join(_(labels.WISHES[code]) for code in file.client.wishes)


def _away(file: File, words: Vocabulary, today: date) -> str:
    """How much there is, never what or why."""
    if file.away:
        return _("Some places are set aside")
    return _none(file, "keep_away", _("Nothing"))


QUESTIONS: tuple[Question, ...] = (
    Question("who", "email", N_("A safe way to reach them"), N_("whether we may ever write to them."), _reached),
    Question("where", "place", N_("Lives near"), N_("what is near, and what serves the place."), _place),
    Question("where", "mobility", N_("Gets about"), N_("how long each way is."), _way),
    Question("where", "max_minutes", N_("Longest way"), N_("what is too far."), _limit),
    Question("where", "availability", N_("Has time"), N_("what is open when they are free."), _free),
    Question("fit", "languages", N_("Speaks"), N_("where they are understood."), _languages),
    Question(
        "fit", "interpreter_ok", N_("Interpreter"), N_("whether places that do not speak their language will do."),
        _interpreter,
    ),
    Question("fit", "age", N_("Age"), N_("what is for children, for adults, for older people."), _age),
    Question("fit", "gender", N_("Gender"), N_("only what says it is for women, or for men."), _gender),
    Question(
        "fit", "audience", N_("Situation"), N_("what is for certain people only."),
        _terms("audience", "audience", N_("None in particular")),
    ),
    Question(
        "fit", "accessibility", N_("Access"), N_("places they could not get into or use."),
        _terms("accessibility", "accessibility", N_("Nothing needed")),
    ),
    Question("fit", "documents", N_("Papers"), N_("what they have to get together first."), _papers),
    Question(
        "fit", "guardian_consent", N_("Guardian"), N_("whether anything that asks for consent can be sent."), _guardian,
        for_minors=True,
    ),
    Question("fit", "receives", N_("Help already there"), N_("what cannot be had beside it."), _receives),
    Question(
        "money", "funding", N_("Cover"), N_("who pays, and where nobody would."),
        _terms("funding", "funding", N_("Nobody pays: it must be free")),
    ),
    Question("money", "ceiling_per_session", N_("At most, per session"), N_("what is too dear."), _ceiling),
    Question("wishes", "female", N_("Received by"), N_("what comes first; with “only”, what stays out."), _received),
    Question(
        "wishes", "affinities", N_("Loves"), N_("which activities come first."),
        _terms("affinity", "affinities", N_("Nothing in particular")),
    ),
    Question("wishes", "first", N_("Counts most"), N_("in which order services stand."), _order),
    Question("away", "kind", N_("To keep away from"), N_("what is never proposed."), _away),
)  # fmt: skip
