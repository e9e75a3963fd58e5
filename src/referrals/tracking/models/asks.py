"""What a service must know of somebody, said once by the service itself."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base


class ServiceAsks(Base):
    """The fields without which this service cannot answer or begin. No row: it has not said."""

    __tablename__ = "service_asks"
    service_id: Mapped[UUID] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    fields: Mapped[list[str]]
    said_at: Mapped[datetime]
    said_by: Mapped[UUID | None]
