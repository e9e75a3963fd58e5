"""An export as iCarol writes it, with invented agencies: one table, four kinds of row, dates in the American order."""

import csv
from pathlib import Path

COLUMNS = (
    "ResourceAgencyNum", "TaxonomyLevelName", "ParentAgencyNum", "ParentAgency", "PublicName", "AlternateName", "AgencyStatus",
    "AgencyDescription", "PhysicalAddress1", "PhysicalCity", "PhysicalStateProvince", "PhysicalPostalCode", "PhysicalCountry",
    "PhysicalAddressIsPrivate", "Latitude", "Longitude", "HoursOfOperation", "Phone1Number", "Phone1Type", "Phone1IsPrivate",
    "PhoneFax", "EmailAddressMain", "WebsiteAddress", "Eligibility", "CoverageArea", "ApplicationProcess", "DocumentsRequired",
    "FeeStructureSource", "LanguagesOfferedList", "TaxonomyTerms", "TaxonomyCodes", "LastVerifiedOn", "UpdatedOn", "FEIN",
    "DisabilitiesAccess", "TemporaryMessage", "MainContactName", "MainContactTitle", "ConnectsToSiteNum",
    "ConnectsToProgramNum", "InternalNotes", "ExcludeFromWebsite", "RecordOwner",
)  # fmt: skip

ROWS: list[dict[str, str]] = [
    {
        "ResourceAgencyNum": "1001", "TaxonomyLevelName": "Agency", "ParentAgencyNum": "0", "PublicName": "Elm Harbor Aid",
        "AgencyStatus": "Active", "AgencyDescription": "Helps the harbor.", "Phone1Number": "555-010-0001",
        "EmailAddressMain": "info@elm.example", "WebsiteAddress": "www.elm.example", "FEIN": "00-0000001",
        "LastVerifiedOn": "10/28/2026", "MainContactName": "Ada Elm", "MainContactTitle": "Director",
        "InternalNotes": "Ring twice.", "RecordOwner": "Region 4",
    },
    {
        "ResourceAgencyNum": "2001", "TaxonomyLevelName": "Program", "ParentAgencyNum": "1001", "PublicName": "Harbor Pantry",
        "AgencyStatus": "Active", "AgencyDescription": "Groceries twice a month.", "Eligibility": "Anyone in the county",
        "CoverageArea": "Elm County; Oak County", "ApplicationProcess": "Walk in.", "DocumentsRequired": "Proof of address",
        "FeeStructureSource": "None", "LanguagesOfferedList": "English; Spanish", "TaxonomyTerms": "Food Pantries; Groceries",
        "TaxonomyCodes": "BD-1800.2000; BD-1800.9000", "LastVerifiedOn": "3/4/2026", "UpdatedOn": "3/5/2026",
        "HoursOfOperation": "9:00am-5:00pm, Mon-Fri", "Phone1Number": "555-010-0002", "Phone1Type": "Main",
        "PhoneFax": "555-010-0003", "TemporaryMessage": "Closed on the 25th.",
    },
    {
        "ResourceAgencyNum": "2002", "TaxonomyLevelName": "Program", "ParentAgencyNum": "1001", "PublicName": "Safe Harbor",
        "AgencyStatus": "Active, but do not refer", "AgencyDescription": "A refuge.", "TaxonomyTerms": "Domestic Violence Shelters",
        "TaxonomyCodes": "BH-1800.1500-100", "HoursOfOperation": "ring at any time", "Phone1Number": "555-010-0009",
        "Phone1IsPrivate": "Yes",
    },
    {
        "ResourceAgencyNum": "3001", "TaxonomyLevelName": "Site", "ParentAgencyNum": "1001", "PublicName": "Quay Hall",
        "PhysicalAddress1": "12 Invented Quay", "PhysicalCity": "Miami", "PhysicalStateProvince": "FL",
        "PhysicalPostalCode": "33127", "PhysicalCountry": "United States", "Latitude": "25.80", "Longitude": "-80.20",
        "DisabilitiesAccess": "Ramp at the back",
    },
    {
        "ResourceAgencyNum": "3002", "TaxonomyLevelName": "Site", "ParentAgencyNum": "1001", "PublicName": "The House",
        "PhysicalAddress1": "77 Secret Lane", "PhysicalCity": "Miami", "PhysicalStateProvince": "FL",
        "PhysicalPostalCode": "33127", "PhysicalCountry": "United States", "PhysicalAddressIsPrivate": "Yes",
        "Latitude": "25.81", "Longitude": "-80.21",
    },
    {"ResourceAgencyNum": "4001", "TaxonomyLevelName": "ProgramAtSite", "ParentAgencyNum": "1001", "ConnectsToSiteNum": "3001", "ConnectsToProgramNum": "2001"},
    {"ResourceAgencyNum": "4002", "TaxonomyLevelName": "ProgramAtSite", "ParentAgencyNum": "1001", "ConnectsToSiteNum": "3002", "ConnectsToProgramNum": "2002"},
    {"ResourceAgencyNum": "4003", "TaxonomyLevelName": "ProgramAtSite", "ParentAgencyNum": "1001", "ConnectsToSiteNum": "3999", "ConnectsToProgramNum": "2001"},
    {"ResourceAgencyNum": "2003", "TaxonomyLevelName": "Program", "ParentAgencyNum": "1001", "PublicName": "Staff only", "ExcludeFromWebsite": "Yes"},
    {"ResourceAgencyNum": "5001", "TaxonomyLevelName": "Coalition", "PublicName": "Nobody knows"},
]  # fmt: skip


def export(path: Path, rows: list[dict[str, str]] | None = None) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(ROWS if rows is None else rows)
    return path
