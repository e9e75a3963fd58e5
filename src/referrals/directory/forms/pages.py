"""The pages there are, for each kind of record: a table."""

from collections.abc import Mapping
from types import MappingProxyType

from referrals.directory.changes.fields import TOLD_ROWS
from referrals.directory.forms.areas import area_problem
from referrals.directory.forms.for_whom import ForWhom
from referrals.directory.forms.questions import Ages, Codes, Features, Flag, Line, Needs, Season, Text
from referrals.directory.forms.rows import Cell, NewPlaces, Rows
from referrals.directory.forms.sheet import Item, Page
from referrals.directory.forms.times import Closure, Hourly
from referrals.kit.i18n import N_

COUNTRIES = (("FR", "France"), ("GB", "United Kingdom"), ("US", "United States"), ("CA", "Canada"))
CURRENCIES = (("EUR", "€"), ("GBP", "£"), ("USD", "US $"), ("CAD", "CA $"))
SPOKEN = (
    "fr", "en", "ar", "bn", "br", "bg", "zh", "cs", "cy", "de", "el", "es", "fa", "fsl", "bfi", "ase", "gd", "gu", "ha",
    "he", "hi", "hr", "ht", "hu", "hy", "it", "ja", "ka", "ko", "ku", "kw", "ln", "lt", "nl", "pa", "pl", "prs", "ps",
    "pt", "rcf", "rmy", "ro", "ru", "sk", "so", "sq", "sr", "sw", "ta", "ti", "tr", "uk", "ur", "vi", "wo", "yo",
)  # fmt: skip
"""ISO 639 codes of the languages offered for choice; any other that is there stays."""
_PHONES = Rows(
    "phones", N_("Phone numbers"), N_("Phone number"), N_("Another number"),
    (
        Cell("number", N_("Number"), "tel", needed=True, width="m"),
        Cell("extension", N_("Extension"), "number", width="s"),
        Cell("type", N_("Kind"), width="m", rest="voice", options=(
            ("voice", N_("Phone")), ("sms", N_("Text messages")), ("fax", N_("Fax")), ("tty", N_("For deaf people (text)")),
        )),
        Cell("description", N_("A word about it"), hint=N_("For example: mornings, ask for the nurse.")),
    ),
    N_("The first stands on the page for everybody."),
)  # fmt: skip
_CONTACTS = Rows(
    "contacts", N_("People to contact"), N_("Person"), N_("Another person"),
    (
        Cell("name", N_("Name"), needed=True),
        Cell("title", N_("What they do")),
        Cell("email", N_("E-mail"), "email"),
    ),
    N_("Everybody can read this. Leave people out who do not want it."),
)  # fmt: skip
_ADDRESS = (
    Cell("address_1", N_("Street and number"), needed=True),
    Cell("address_2", N_("Second line")),
    Cell("postal_code", N_("Postcode"), needed=True, width="s"),
    Cell("city", N_("Town"), needed=True, width="m"),
    Cell("state_province", N_("Department or county"), width="m"),
    Cell("country", N_("Country"), "country", options=COUNTRIES, needed=True, width="m"),
)  # fmt: skip
_EMAIL = Line("email", N_("E-mail"), N_("Referrals are sent here. Empty: the address of your organization."), "email")

SERVICE = (
    Page("texts", N_("Name and texts"), N_("What is written in one language only is shown to everybody, marked with its language."), (
        Text("name", N_("Name"), needed=True),
        Text("description", N_("What happens there"), N_("What, with whom, how it feels, how long."), 8),
        Text("easy_text", N_("In easy words"), N_("For people who read with effort: short sentences, everyday words, one thought in each. Leave it empty rather than cut something down."), 5),
        Text("eligibility_description", N_("Who may come"), rows=3),
        Text("application_process", N_("How to come"), N_("Call, form, referral, and what happens next."), 3),
        Text("alert", N_("Something temporary"), N_("Works, a change of address. Shown on top; empty when there is nothing."), 2),
    )),
    Page("hours", N_("Opening hours"), N_("One row for days with the same hours. Leave out the days when you are closed."), (Hourly(),)),
    Page("closure", N_("Closed for a while"), N_("While you are closed, nobody is sent to you, and the page says until when. It opens again by itself."), (Closure(),)),
    Page("where", N_("Where"), N_("A service may be given at several places."), (
        Rows("service_at_locations", N_("Places where it is given"), N_("Place"), N_("Another place"), (
            Cell("location_id", N_("Place"), places=True, needed=True),
            Cell("description", N_("A word about it"), hint=N_("For example: second floor, ring twice.")),
        ), N_("Take out those where it is given no more.")),
        NewPlaces("new_places", N_("A place that is not in the list"), N_("New place"), N_("Another new place"), (
            Cell("name", N_("Name of the place"), hint=N_("If people call it by one.")),
            *_ADDRESS,
            Cell("confidential", N_("Only the area may be told, not the address"), "check"),
        ), empty=""),
        Flag("privacy", "confidential-address", N_("All its addresses are confidential"), N_("Everybody sees the area only, in lists, on maps and in exports.")),
    )),
    Page("contact", N_("How to reach you"), N_("All of it stands on the page for everybody."), (
        _EMAIL,
        Line("url", N_("Web page"), input="url"),
        _PHONES,
        _CONTACTS,
        Rows("additional_urls", N_("More web pages"), N_("Web page"), N_("Another web page"), (
            Cell("url", N_("Address"), "url", needed=True), Cell("label", N_("What one finds there")),
        )),
    )),
    Page("costs", N_("What it costs"), N_("If it costs nothing, say so: tick “Free” among the payers."), (
        Text("fees_description", N_("What it costs, in words"), rows=2),
        Codes("funding", N_("Who may pay")),
        Rows("cost_options", N_("Prices"), N_("Price"), N_("Another price"), (
            Cell("option", N_("For what"), needed=True, options=(
                ("per-session", N_("A session")), ("client-contribution", N_("What people pay themselves")),
            )),
            Cell("amount", N_("Amount"), "money", needed=True, width="s"),
            Cell("currency", N_("Currency"), options=CURRENCIES, width="s", rest="EUR"),
            Cell("amount_description", N_("A word about it"), hint=N_("For example: the first visit.")),
        )),
    )),
    Page("languages", N_("Languages"), N_("Those in which somebody can really be received."), (
        Rows("languages", N_("Languages spoken"), N_("Language"), N_("Another language"), (
            Cell("code", N_("Language"), "language", needed=True, width="m"),
            Cell("note", N_("A word about it"), hint=N_("For example: call ahead.")),
        )),
        Codes("interpretation", N_("Interpreter"), single=True),
        Text("interpretation_services", N_("Interpreters, in words"), rows=2),
    )),
    Page("who", N_("For whom"), N_("What you leave open is shown as open. Nobody is turned away by a welcome; only by ages and by the question “For whom is it?”."), (
        Ages(),
        ForWhom(),
        Codes("audience", N_("Especially welcome")),
        Codes("practitioner-gender", N_("Who receives people"), single=True),
    )),
    Page("documents", N_("What to bring"), N_("Papers are never an obstacle, only something to bring."), (
        Rows("required_documents", N_("Papers"), N_("Paper"), N_("Another paper"), (
            Cell("document", N_("What"), needed=True, translated=True), Cell("uri", N_("Web address of a form"), "url"),
        )),
    )),
    Page("area", N_("Area served"), N_("Only if you turn people away who live elsewhere. Without a row, anybody may come from anywhere."), (
        Rows("service_areas", N_("Areas"), N_("Area"), N_("Another area"), (
            Cell("extent_type", N_("Kind"), options=(
                ("postcode-prefix", N_("Postcodes that begin with …")), ("country", N_("A whole country")),
            ), rest="postcode-prefix", width="m"),
            Cell("extent", N_("Which"), needed=True, hint=N_("For example 69,01 or PL15,TR; for a country FR or GB.")),
            Cell("description", N_("A word about it")),
        ), together=area_problem),
    )),
    Page("needs", N_("What you offer"), N_("This is how people are matched with you. Tick what you really do; two or three are enough."), (
        Needs(), Codes("specialism", N_("Special experience")), Codes("affinity", N_("Activities")),
    )),
    Page("how", N_("How it is given"), N_("Where you meet people, and what they need to come."), (
        Codes("delivery-mode", N_("Where you meet people")),
        Codes("format", N_("Alone or in a group")),
        Codes("care-intensity", N_("How intensive")),
        Codes("referral-route", N_("The way in")),
        Features("accessibility", N_("Accessibility"), N_("What is not said is shown as not known, never as no.")),
        Season(),
    )),
)  # fmt: skip

ORGANIZATION = (
    Page("texts", N_("Name and texts"), N_("What is written in one language only is shown to everybody, marked with its language."), (
        Text("name", N_("Name"), needed=True),
        Text("description", N_("Who you are"), rows=6),
        Line("alternate_name", N_("Other name")),
    )),
    Page("contact", N_("How to reach you"), N_("Where a service says nothing of its own, this is shown."), (
        Line("email", N_("E-mail"), input="email"), Line("website", N_("Web page"), input="url"), _PHONES, _CONTACTS,
        Rows("additional_websites", N_("More web pages"), N_("Web page"), N_("Another web page"), (
            Cell("url", N_("Address"), "url", needed=True), Cell("label", N_("What one finds there")),
        )),
    )),
    Page("numbers", N_("Official numbers"), N_("They tell two organizations of the same name apart."), (
        Rows("organization_identifiers", N_("Official numbers"), N_("Number"), N_("Another number"), (
            Cell("identifier_type", N_("Kind"), needed=True, options=(
                ("SIRET", "SIRET"), ("SIREN", "SIREN"), ("RNA", "RNA"), ("Charity number", N_("Charity number")),
                ("Company number", N_("Company number")), ("FINESS", "FINESS"),
            ), width="m"),
            Cell("identifier", N_("Number"), needed=True, width="m"),
        )),
        Line("legal_status", N_("Legal form")),
        Line("year_incorporated", N_("Founded in"), input="number", width="s"),
    )),
)  # fmt: skip

PLACE = (
    Page("texts", N_("Name and way"), N_("What is written in one language only is shown to everybody, marked with its language."), (
        Text("name", N_("Name of the place")),
        Text("transportation", N_("How to get there"), N_("Bus, stop, door, floor."), 3),
        Text("description", N_("What it is like"), rows=3),
    )),
    Page("address", N_("Address"), N_("Where a service says that its address is confidential, this one is kept back too."), (
        Rows("addresses", N_("Address"), N_("Address"), N_("Another address"), _ADDRESS, fixed={"address_type": "physical"}),
        Flag("privacy", "confidential-address", N_("The address is confidential"), N_("Everybody sees the area only, in lists, on maps and in exports.")),
    )),
    Page("contact", N_("Phone of the place"), N_("Only where it differs from that of the service."), (_PHONES,)),
    Page("access", N_("Getting in"), N_("Steps, lift, toilet, quiet: in your words."), (
        Rows("accessibility", N_("Getting in"), N_("Note"), N_("Another note"), (
            Cell("description", N_("In a word"), needed=True), Cell("details", N_("More about it")),
        )),
    )),
    Page("hours", N_("Opening hours"), N_("Of the place itself. A service with hours of its own shows those."), (Hourly(),)),
)  # fmt: skip

PAGES: Mapping[str, tuple[Page, ...]] = MappingProxyType(
    {"service": SERVICE, "organization": ORGANIZATION, "location": PLACE}
)


def told_in(item: Item) -> tuple[str, ...]:
    """Texts of this question that are kept side by side in every language."""
    if isinstance(item, Text):
        return (item.column,)
    return (item.field,) if isinstance(item, Rows) and item.field in TOLD_ROWS else ()


def page_of(entity: str, text: str) -> str:
    """The code of the page on which this text is written."""
    return next((one.code for one in PAGES[entity] if any(text in told_in(item) for item in one.items)), "texts")


def find(entity: str, code: str) -> Page | None:
    return next((page for page in PAGES[entity] if page.code == code), None)
