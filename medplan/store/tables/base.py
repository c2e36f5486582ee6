"""What every table shares: typed columns, named constraints, the organisation first in the key."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, LargeBinary, MetaData, Text, Uuid
from sqlalchemy.orm import DeclarativeBase

from medplan.store.database import UtcDateTime

SHA256_HEX = 64


class Row(DeclarativeBase):
    """Base of every table; constraints get predictable names."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        UUID: Uuid(),
        datetime: UtcDateTime(),
        str: Text(),
        bytes: LargeBinary(),
    }


def belongs_to(table: str, column: str) -> ForeignKeyConstraint:
    """Point at another table's row within the same organisation."""
    return ForeignKeyConstraint(
        ["organisation_id", column],
        [f"{table}.organisation_id", f"{table}.id"],
    )
