"""Organizations whose programs want to be told of what happens."""

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base


class Listener(Base):
    """A row for each; whoever tells them (a higher room) keeps it, so that a step costs the others one look and no job."""

    __tablename__ = "listener"
    organization_id: Mapped[UUID] = mapped_column(primary_key=True)
