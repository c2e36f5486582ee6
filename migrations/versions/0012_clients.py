"""Let other systems sign in as clients, and keep what EHRs say of cards.

Only new tables: the previous release writes none of them and keeps working.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_client",
        *_key(),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("jwks", sa.Text(), nullable=True),
        sa.Column("jwks_url", sa.String(500), nullable=True),
        sa.Column("fetched_jwks", sa.Text(), nullable=True),
        _instant("fetched_at", nullable=True),
        sa.Column("secret_sha256", sa.String(64), nullable=True),
        sa.Column("issuer", sa.String(200), nullable=True),
        _instant("created_at"),
        _instant("revoked_at", nullable=True),
        _belongs("id", "user_account"),
        sa.UniqueConstraint("issuer", "organisation_id"),
    )
    op.create_index("ix_api_client_id", "api_client", ["id"])
    _make_tokens()
    op.create_table(
        "cds_feedback",
        *_key(),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.String(40), nullable=False),
        sa.Column("card", sa.String(100), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        _instant("made_at"),
        _belongs("client_id", "api_client"),
    )


def _make_tokens() -> None:
    op.create_table(
        "client_token",
        *_key(),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        _instant("created_at"),
        _instant("expires_at"),
        _belongs("client_id", "api_client"),
        sa.UniqueConstraint("token_sha256", "organisation_id"),
    )
    op.create_index(
        "ix_client_token_organisation_id_client_id",
        "client_token",
        ["organisation_id", "client_id"],
    )
    op.create_table(
        "client_assertion",
        *_key(),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("jti_sha256", sa.String(64), nullable=False),
        _instant("expires_at"),
        _belongs("client_id", "api_client"),
        sa.UniqueConstraint("organisation_id", "client_id", "jti_sha256"),
    )


def downgrade() -> None:
    for table in ("cds_feedback", "client_assertion", "client_token", "api_client"):
        op.drop_table(table)


def _key() -> tuple[sa.Column[object], sa.Column[object]]:
    return (
        sa.Column("organisation_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
    )


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _belongs(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", column], [f"{table}.organisation_id", f"{table}.id"]
    )
