"""Whether a paper that a listing asks for is one that somebody holds. Pure.

Careful on purpose: a paper counts as held only where every word of the request is understood. "Medical certificate under
a year old" is not answered by "medical certificate", so it stays among the things to bring.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from referrals.kit.text import fold

PRESCRIPTION = "prescription"
_CALLED: Mapping[str, tuple[str, ...]] = {
    PRESCRIPTION: ("ordonnance", "ordonnance medicale", "prescription", "prescription medicale", "medical prescription"),
    "identity": (
        "piece d identite", "justificatif d identite", "carte d identite", "document d identite", "passeport", "identity card",
        "identity paper", "identity document", "proof of identity", "passport", "id", "photo id", "form of id", "form of identity",
    ),
    "address": ("justificatif de domicile", "preuve d adresse", "proof of address", "proof of residence"),
    "health-card": (
        "carte vitale", "carte d ame", "attestation de securite sociale", "attestation d assurance maladie", "health insurance card",
        "state medical aid card", "nhs number",
    ),
    "income": ("justificatif de ressources", "justificatifs de ressources", "justificatif de revenus", "proof of income"),
    "payslips": ("fiches de paie", "trois fiches de paie", "bulletins de salaire", "payslips", "three payslips"),
    "rent": ("quittances de loyer", "quittance de loyer", "trois dernieres quittances", "rent receipts", "rent receipt", "last three rent receipts"),
    "tax-notice": ("avis d imposition", "dernier avis d imposition", "tax notice", "latest tax notice"),
    "bank-details": ("releve d identite bancaire", "rib", "bank details"),
    "doctors-letter": ("courrier medical", "courrier du medecin", "courrier du medecin traitant", "doctor s letter", "letter from your gp", "gp letter"),
    "medical-certificate": ("certificat medical", "certificat du medecin", "medical certificate", "doctor s certificate"),
    "hospital-report": ("compte rendu d hospitalisation", "compte rendu operatoire", "hospital discharge report", "discharge report", "operation report"),
    "disability-decision": ("notification mdph", "notification de la mdph", "notification de pch", "disability decision", "pch award letter"),
    "disabled-worker": (
        "notification rqth", "rqth", "reconnaissance de la qualite de travailleur handicape", "disabled worker recognition",
        "disabled worker certificate",
    ),
    "care-allowance": ("notification d apa", "apa award letter", "care allowance decision"),
    "asylum-claim": ("attestation de demande d asile", "asylum claim certificate"),
    "student-card": ("carte d etudiant", "certificat de scolarite", "student card", "enrolment certificate"),
    "release-slip": ("billet de sortie", "release slip"),
}  # fmt: skip
_IN_FRONT = re.compile(
    r"^(?:(?:une?|le|la|les|l|des?|du|votre|vos|a|an|the|your|any|some|copie(?: de| d)?|copy of|tout|toute)\s+)+"
)
_BETWEEN_CHOICES = re.compile(r",?\s+(?:ou|or)\s+", re.IGNORECASE)
_BETWEEN_PAPERS = re.compile(r"\s*[;,+]\s*|\s+(?:et|and)\s+", re.IGNORECASE)


def to_bring(asked: Iterable[str], held: frozenset[str]) -> tuple[str, ...]:
    """Those of the papers asked for that they do not hold, in the listing's own words."""
    return tuple(document for document in asked if not is_held(document, held))


def is_held(document: str, held: frozenset[str]) -> bool:
    """`held`: codes, and other papers folded. One of several that may be chosen from is enough; of a list, all."""
    if not held or not fold(document):
        return False
    if fold(document) in held:
        return True
    choices = _BETWEEN_CHOICES.split(document)
    return any(all(_one(part, held) for part in _BETWEEN_PAPERS.split(choice) if part) for choice in choices)


def _one(words: str, held: frozenset[str]) -> bool:
    named = _plain(words)
    return named in held or _codes().get(named) in held


def _plain(words: str) -> str:
    return _IN_FRONT.sub("", fold(words))


@cache
def _codes() -> Mapping[str, str]:
    return {_plain(name): code for code, names in _CALLED.items() for name in names}
