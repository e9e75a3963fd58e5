"""Who is acting in this request: a value, not a row, so that it survives a rollback and can be shown on an error page."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from referrals.accounts.models import Role


@dataclass(frozen=True, slots=True)
class Actor:
    id: UUID
    name: str
    email: str
    language: str
    roles: frozenset[Role]
    organizations: dict[Role, tuple[UUID, ...]] = field(default_factory=dict)
    """For each role, the organizations it is held in."""
    trusted_in: frozenset[UUID] = frozenset()
    """Organizations whose listings this person changes without a curator's look."""
    manages: frozenset[UUID] = frozenset()
    """Organizations whose editors this person invites and lets go."""
    at: datetime | None = None
    """The moment of the request: what was given from a day to a day is theirs then or not. None: outside of a request."""

    def may(self, *roles: Role) -> bool:
        """Holds at least one of these roles."""
        return not self.roles.isdisjoint(roles)

    def organization(self, role: Role) -> UUID | None:
        """The organization this role is held in; the first where there are several."""
        held = self.organizations.get(role, ())
        return held[0] if held else None

    def edits(self, organization_id: UUID) -> bool:
        """May change this organization's listings: its own editor, or a curator of the whole directory."""
        return Role.CURATOR in self.roles or organization_id in self.organizations.get(Role.PROVIDER_EDITOR, ())

    def is_trusted(self, organization_id: UUID) -> bool:
        """Changes of this organization's listings are live at once."""
        return Role.CURATOR in self.roles or organization_id in self.trusted_in
