"""How an agreement was given, from the form: who heard it, what was drawn or typed, the paper that was handed in."""

from datetime import datetime
from uuid import UUID

from litestar.datastructures import UploadFile
from sqlalchemy.ext.asyncio import AsyncSession

from referrals.clients import evidence as proofs
from referrals.clients.models import ConsentEvidence
from referrals.kit import forms
from referrals.kit.i18n import gettext as _
from referrals.kit.pages import Req
from referrals.kit.settings import Settings
from referrals.matching.actions import Evidence
from referrals.matching.forms import SendForm


async def paper(request: Req, form: forms.Filled[SendForm]) -> bytes:
    """The paper that came with the form; what is wrong with it is said at its field."""
    if form.raw.get("method") != "paper_scan":
        return b""
    upload = (await request.form()).get("scan")
    content = await upload.read(proofs.LARGEST + 1) if isinstance(upload, UploadFile) else b""
    if (fault := proofs.fault(content)) is not None:
        form.refuse("scan", _complaint(fault))
    return content


def evidence(
    session: AsyncSession, settings: Settings, client_id: UUID, agreed: SendForm, paper: bytes, now: datetime
) -> Evidence:
    """Written down once, when the agreement itself is."""

    async def write() -> ConsentEvidence | None:
        match agreed.method:
            case "oral_witnessed":
                return await proofs.spoken(session, client_id, agreed.witness, now)
            case "e-sign":
                return await proofs.signed(session, client_id, agreed.signature, agreed.signed_name, now)
            case "paper_scan":
                return await proofs.scanned(session, settings, client_id, paper, now)
        return None

    return write


def _complaint(fault: proofs.Fault) -> str:
    match fault:
        case "empty":
            return _("Please choose the scan or the photograph of the signed paper.")
        case "large":
            return _("This file is larger than %(most)s MB.") % {"most": proofs.LARGEST // (1024 * 1024)}
        case "alive":
            return _("This PDF holds a program or another file. Please scan the paper again.")
    return _("This is not a PDF, a JPEG or a PNG, whatever its name says.")
