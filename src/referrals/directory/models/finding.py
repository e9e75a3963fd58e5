"""What the search engines must still be told."""

from uuid import UUID

from sqlalchemy import BigInteger, Identity
from sqlalchemy.orm import Mapped, mapped_column

from referrals.kit.db import Base


class IndexDue(Base):
    """A service of which the engines must be told anew. Rows are only added and taken, so that nobody waits for anybody."""

    __tablename__ = "index_due"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    service_id: Mapped[UUID]
