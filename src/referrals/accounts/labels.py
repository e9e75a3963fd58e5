"""Roles as people call them."""

from referrals.accounts.models import Role
from referrals.kit.i18n import N_
from referrals.kit.i18n import gettext as _

ROLES: dict[Role, str] = {
    Role.CASE_MANAGER: N_("Case manager"),
    Role.SUPERVISOR: N_("Supervisor"),
    Role.PROVIDER_EDITOR: N_("Provider"),
    Role.CURATOR: N_("Directory curator"),
    Role.ADMINISTRATOR: N_("Administrator"),
    Role.CLIENT: N_("Client"),
}


def role_label(role: str) -> str:
    return _(ROLES[Role(role)])
