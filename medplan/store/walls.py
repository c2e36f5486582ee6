"""The second wall between organisations: row-level security on PostgreSQL.

The first are the queries, which all ask for one organisation. Should one forget to, PostgreSQL
shows it nothing: a transaction sees the rows of the organisation that it was bound to. Before the
organisation is known it sees the one row that a key opens, a token's hash or an address, and a
worker sees tasks. `Database` says which it is, for each transaction.

Every table that has an `organisation_id` gets its policies after every migration, so that a new one
can't be forgotten; those that are there are left alone. SQLite has no such thing.
"""

from sqlalchemy import Connection

_SETTING = "nullif(current_setting('medplan.{}', true), '')"
_ORGANISATION = f"organisation_id = {_SETTING.format('org')}::uuid"
_DUTY = f"{_SETTING.format('duty')} = '{{}}'"
_KEY = _SETTING.format("key")
_FEED_OPENED = (
    "EXISTS (SELECT FROM feed WHERE feed.organisation_id = feed_body.organisation_id "
    f"AND feed.id = feed_body.id AND feed.token_sha256 = {_KEY})"
)


def _policy(table: str, name: str, clause: str) -> str:
    """Make a policy of one table, where there is the table and not yet the policy."""
    return f"""
    IF to_regclass('{table}') IS NOT NULL AND NOT EXISTS (SELECT FROM pg_policy
        WHERE polrelid = to_regclass('{table}') AND polname = '{name}')
    THEN CREATE POLICY {name} ON {table} {clause}; END IF;"""


WALLS = f"""
DO $walls$
DECLARE one record;
BEGIN
    FOR one IN SELECT relname, EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid
                                       AND attname = 'token_sha256') AS has_token
               FROM pg_class
               WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
               AND NOT relforcerowsecurity AND EXISTS (SELECT FROM pg_attribute
                   WHERE attrelid = pg_class.oid AND attname = 'organisation_id')
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one.relname);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one.relname);
        EXECUTE format($$CREATE POLICY of_organisation ON %I USING ({_ORGANISATION})$$,
                       one.relname);
        EXECUTE format($$CREATE POLICY of_migration ON %I TO CURRENT_USER
                         USING ({_DUTY.format("migration")})$$, one.relname);
        IF one.has_token THEN
            EXECUTE format($$CREATE POLICY of_key ON %I FOR SELECT USING (token_sha256 = {_KEY})$$,
                           one.relname);
        END IF;
    END LOOP;
    {_policy("user_account", "of_address", f"FOR SELECT USING (email = {_KEY})")}
    {_policy("user_account", "of_name", f"FOR SELECT USING (id::text = {_KEY})")}
    {_policy("outside_identity", "of_subject", f"FOR SELECT USING (subject = {_KEY})")}
    {_policy("organisation", "of_name", f"FOR SELECT USING (name = {_KEY})")}
    {_policy("organisation", "of_operator", f"FOR SELECT USING ({_DUTY.format('operator')})")}
    {_policy("feed_body", "of_key", f"FOR SELECT USING ({_FEED_OPENED})")}
    {_policy("api_client", "of_issuer", f"FOR SELECT USING (issuer = {_KEY})")}
    {_policy("webhook_endpoint", "of_worker", f"USING ({_DUTY.format('worker')})")}
    {_policy("webhook_delivery", "of_worker", f"USING ({_DUTY.format('worker')})")}
    {_policy("outbox", "of_worker", f"USING ({_DUTY.format('worker')})")}
END
$walls$
"""  # noqa: S608 - put together from this file's own words
"""SQL that raises whatever is missing of the walls, for the current schema."""

MIGRATING = "SELECT set_config('medplan.duty', 'migration', true)"
"""SQL that lets the tables' owner see every row until its transaction ends."""

_WRITTEN_ONCE = ("audit", "event", "revision")


def grant(connection: Connection, role: str) -> None:
    """Let a role that owns nothing do what medplan does: no tables made, nothing unwritten."""
    name = connection.dialect.identifier_preparer.quote(role)
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {name}")
    connection.exec_driver_sql(
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}"
    )
    for table in _WRITTEN_ONCE:
        connection.exec_driver_sql(f"REVOKE UPDATE, DELETE ON {table} FROM {name}")
    connection.exec_driver_sql(f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {name}")
