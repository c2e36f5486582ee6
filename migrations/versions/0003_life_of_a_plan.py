"""Keep what made each revision, what each feed shows, and when it was last fetched.

Every new column has a default or may be empty, so the previous release keeps working while this
one rolls out. Plans had one revision until now, so every feed shows revision 1.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _new_columns() -> dict[str, list[sa.Column[object]]]:
    return {
        "plan": [sa.Column("planned_ahead", sa.Text(), nullable=False, server_default="[]")],
        "revision": [
            sa.Column("act", sa.String(20), nullable=False, server_default="issue"),
            sa.Column("effective", sa.Date(), nullable=True),
        ],
        "feed": [
            sa.Column("grouping", sa.String(10), nullable=False, server_default="time"),
            sa.Column("labels", sa.Text(), nullable=False, server_default="{}"),
            sa.Column("medicines", sa.Text(), nullable=True),
            sa.Column("sequence", sa.Integer(), nullable=False, server_default="1"),
            sa.Column("expiry_chosen", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("last_fetched", sa.DateTime(timezone=True), nullable=True),
            sa.Column("served_revision", sa.Integer(), nullable=True),
        ],
        "feed_body": [sa.Column("revision", sa.Integer(), nullable=False, server_default="1")],
    }


def upgrade() -> None:
    for table, columns in _new_columns().items():
        for column in columns:
            op.add_column(table, column)


def downgrade() -> None:
    for table, columns in _new_columns().items():
        for column in reversed(columns):
            op.drop_column(table, column.name)
