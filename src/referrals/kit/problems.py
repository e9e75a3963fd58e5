"""What went wrong, told to programs: JSON of RFC 9457, in French or English as the reader asks, English where nothing is asked."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from litestar import Response

from referrals.kit import i18n
from referrals.kit.pages import Req
from referrals.kit.settings import LANGUAGES

MEDIA_TYPE: Final = "application/problem+json"


def problem(
    status: int, title: str, more: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
) -> Response[bytes]:
    """`more` stands beside `title` and `status`; both are in the language being spoken."""
    body = {"type": "about:blank", "title": title, "status": status, **(more or {})}
    told = {"Content-Language": i18n.current_language(), "Vary": "Accept-Language", **(headers or {})}
    return Response(msgspec.json.encode(body), status_code=status, media_type=MEDIA_TYPE, headers=told)


def speak_for(request: Req) -> None:
    """The language of `?lang=`, else of the header; English where nobody says."""
    wanted = request.query_params.get("lang", "")
    asked = request.headers.get("Accept-Language", "")
    i18n.speak(wanted if wanted in LANGUAGES else i18n.best_language(asked) if asked else "en")
