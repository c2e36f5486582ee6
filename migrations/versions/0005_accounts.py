"""Let every actor be an account, and keep sessions, second factors, resets and openings.

Accounts without an address (API clients, patients' links) need `email` and `password_hash` to be
empty. New columns may be empty or have a default, so the previous release keeps working.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TABLES = (
    "web_session",
    "second_factor",
    "recovery_code",
    "password_reset",
    "outside_identity",
    "opening",
)


def upgrade() -> None:
    with op.batch_alter_table("user_account") as account:
        account.alter_column("email", existing_type=sa.String(254), nullable=True)
        account.alter_column("password_hash", existing_type=sa.Text(), nullable=True)
        account.add_column(sa.Column("display_name", sa.String(100), nullable=True))
        account.add_column(_instant("disabled_at", nullable=True))
        account.add_column(
            sa.Column("failed_logins", sa.Integer(), nullable=False, server_default="0")
        )
        account.add_column(_instant("locked_until", nullable=True))
    op.add_column("api_token", sa.Column("scopes", sa.Text(), nullable=True))
    op.add_column("api_token", _instant("last_used", nullable=True))
    _make_sessions()
    _make_second_factors()
    _make_resets_and_identities()
    _make_openings()


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)
    for column in ("last_used", "scopes"):
        op.drop_column("api_token", column)
    # Whoever has no address or password keeps the row, for plans and audit point at it.
    op.execute(
        "UPDATE user_account SET email = lower(CAST(id AS VARCHAR(36))) || '@nobody.invalid' "
        "WHERE email IS NULL"
    )
    op.execute("UPDATE user_account SET password_hash = '!' WHERE password_hash IS NULL")
    with op.batch_alter_table("user_account") as account:
        for column in ("locked_until", "failed_logins", "disabled_at", "display_name"):
            account.drop_column(column)
        account.alter_column("password_hash", existing_type=sa.Text(), nullable=False)
        account.alter_column("email", existing_type=sa.String(254), nullable=False)


def _make_sessions() -> None:
    op.create_table(
        "web_session",
        *_of_user(),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        sa.Column("half_open", sa.Boolean(), nullable=False),
        _instant("created_at"),
        _instant("last_seen"),
        _instant("ended_at", nullable=True),
        _belongs("user_id"),
        sa.UniqueConstraint("token_sha256", "organisation_id"),
    )


def _make_second_factors() -> None:
    op.create_table(
        "second_factor",
        *_key(),
        sa.Column("secret_encrypted", sa.LargeBinary(), nullable=False),
        _instant("created_at"),
        _instant("confirmed_at", nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        _belongs("id"),
    )
    op.create_table(
        "recovery_code",
        *_of_user(),
        sa.Column("code_sha256", sa.String(64), nullable=False),
        _instant("used_at", nullable=True),
        _belongs("user_id"),
        sa.UniqueConstraint("organisation_id", "user_id", "code_sha256"),
    )


def _make_resets_and_identities() -> None:
    op.create_table(
        "password_reset",
        *_of_user(),
        sa.Column("token_sha256", sa.String(64), nullable=False),
        _instant("created_at"),
        _instant("used_at", nullable=True),
        _belongs("user_id"),
        sa.UniqueConstraint("token_sha256", "organisation_id"),
    )
    op.create_table(
        "outside_identity",
        *_of_user(),
        sa.Column("issuer", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        _instant("created_at"),
        _belongs("user_id"),
        sa.UniqueConstraint("issuer", "subject", "organisation_id"),
    )


def _make_openings() -> None:
    op.create_table(
        "opening",
        *_of_user(),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        _instant("opened_at"),
        _instant("closes_at"),
        _belongs("user_id"),
        sa.UniqueConstraint("organisation_id", "plan_id", "user_id", "opened_at"),
    )


def _key() -> tuple[sa.Column[object], sa.Column[object]]:
    return (
        sa.Column("organisation_id", sa.Uuid(), primary_key=True),
        sa.Column("id", sa.Uuid(), primary_key=True),
    )


def _of_user() -> tuple[sa.Column[object], ...]:
    return (*_key(), sa.Column("user_id", sa.Uuid(), nullable=False))


def _belongs(column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id", column], ["user_account.organisation_id", "user_account.id"]
    )


def _instant(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
