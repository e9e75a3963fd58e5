"""What imports, their phases and kinds of record are called on the screen."""

from typing import Final

from referrals.kit.i18n import N_

STATES: Final = {
    "queued": (N_("Waiting its turn"), "plain"),
    "running": (N_("Under way"), "brand"),
    "ready": (N_("Waits for your yes"), "attention"),
    "done": (N_("Came in"), "good"),
    "failed": (N_("Did not come in"), "stop"),
    "cancelled": (N_("Stopped"), "plain"),
    "undone": (N_("Undone"), "plain"),
}
PHASES: Final = {
    "read": N_("Reading the package"),
    "check": N_("Checking what refers to what"),
    "write": N_("Writing the records"),
    "list": N_("Preparing the listings"),
    "undo": N_("Taking the records back"),
}
WHAT: Final = {
    "created": N_("New"), "changed": N_("Changed"), "returned": N_("Came back"), "gone": N_("Gone from the source"),
}  # fmt: skip
LOSSES: Final = {
    "refused": N_("Refused"), "unreadable": N_("Could not be read"), "lost": N_("Has no place here"),
    "repaired": N_("Put right"),
}  # fmt: skip
KINDS: Final = {
    "organization": N_("Organizations"), "service": N_("Services"), "location": N_("Places"),
    "service_at_location": N_("Services at places"), "program": N_("Programs"), "contact": N_("Contacts"),
    "phone": N_("Telephone numbers"), "language": N_("Languages"), "address": N_("Addresses"),
    "accessibility": N_("Accessibility"), "schedule": N_("Hours"), "service_area": N_("Service areas"),
    "cost_option": N_("Costs"), "required_document": N_("Documents to bring"), "unit": N_("Units"),
    "service_capacity": N_("Capacities"), "funding": N_("Funding"),
    "organization_identifier": N_("Identifiers"), "url": N_("Web addresses"), "attribute": N_("Terms on records"),
    "taxonomy": N_("Taxonomies"), "taxonomy_term": N_("Terms of taxonomies"), "metadata": N_("History entries"),
    "meta_table_description": N_("Descriptions of tables"),
}  # fmt: skip
TERMS: Final = {
    "linked": N_("Linked"), "nothing_fits": N_("Nothing fits"), "proposed": N_("Proposed"), "open": N_("Still open"),
}  # fmt: skip
"""How a foreign term stands, as an import's report counts it."""
RHYTHMS: Final = {"daily": N_("Every day"), "weekly": N_("Every week"), "monthly": N_("Every month")}
