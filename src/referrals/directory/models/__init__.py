"""Every entity of HSDS 3.1, and the listing that is derived from them."""

from referrals.directory.models.base import OWN, Recorded, Translated
from referrals.directory.models.changes import Claim, Drift, LocalEdit, Proposal
from referrals.directory.models.contact import Contact, Language, Phone
from referrals.directory.models.duplicates import DuplicatePair, DuplicateScan, Merge, MergedInto
from referrals.directory.models.extension import Attribute, Metadata, MetaTableDescription
from referrals.directory.models.finding import IndexDue
from referrals.directory.models.findings import CheckRun, Finding, ReaderReport
from referrals.directory.models.keeping import DailyCount, HandedList, SavedSearch
from referrals.directory.models.likeness import Likeness, LikenessKey
from referrals.directory.models.listing import Listing, ListingPlace
from referrals.directory.models.location import Accessibility, Address, Location, ServiceAtLocation
from referrals.directory.models.organization import Funding, Organization, OrganizationIdentifier, Program, Url
from referrals.directory.models.questions import ListingQuestion, QuestionAsker
from referrals.directory.models.service import (
    CostOption,
    RequiredDocument,
    Schedule,
    Service,
    ServiceArea,
    ServiceCapacity,
    Unit,
)
from referrals.directory.models.upkeep import Upkeep, UpkeepAddress, UpkeepLink
from referrals.directory.models.words import BY_LIKENESS, BY_WORDS, IN_ORDER

__all__ = [
    "BY_LIKENESS",
    "BY_WORDS",
    "IN_ORDER",
    "OWN",
    "Accessibility",
    "Address",
    "Attribute",
    "CheckRun",
    "Claim",
    "Contact",
    "CostOption",
    "DailyCount",
    "Drift",
    "DuplicatePair",
    "DuplicateScan",
    "Finding",
    "Funding",
    "HandedList",
    "IndexDue",
    "Language",
    "Likeness",
    "LikenessKey",
    "Listing",
    "ListingPlace",
    "ListingQuestion",
    "LocalEdit",
    "Location",
    "Merge",
    "MergedInto",
    "MetaTableDescription",
    "Metadata",
    "Organization",
    "OrganizationIdentifier",
    "Phone",
    "Program",
    "Proposal",
    "QuestionAsker",
    "ReaderReport",
    "Recorded",
    "RequiredDocument",
    "SavedSearch",
    "Schedule",
    "Service",
    "ServiceArea",
    "ServiceAtLocation",
    "ServiceCapacity",
    "Translated",
    "Unit",
    "Upkeep",
    "UpkeepAddress",
    "UpkeepLink",
    "Url",
]
