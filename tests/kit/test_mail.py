"""A letter as it leaves over SMTP."""

from datetime import UTC, datetime
from uuid import UUID

from referrals.kit.mail import Message, Smtp

ID = UUID("0b3a5f7f-de26-4d93-aeda-fb288c64b3e2")
WRITTEN = datetime(2026, 11, 23, 6, 55, 5, tzinfo=UTC)


def test_a_letter_says_who_when_and_in_which_language_the_same_each_time_it_leaves() -> None:
    message = Message(
        id=ID, purpose="feedback", to_address="paul@example.org", language="fr", subject="Du nouveau",
        body="Il y a du nouveau pour vous.\n", created_at=WRITTEN,
    )  # fmt: skip
    port = Smtp("smtp://localhost", "relais@example.org")
    first, again = port.letter(message), port.letter(message)
    assert first.as_bytes() == again.as_bytes()
    assert first["Date"] == "Mon, 23 Nov 2026 06:55:05 +0000"
    assert first["Message-ID"] == f"<{ID}@example.org>"
    assert first["Content-Language"] == "fr"
    assert first["Auto-Submitted"] == "auto-generated"
    assert first.get_content() == "Il y a du nouveau pour vous.\n"
