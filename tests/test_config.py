"""What the environment decides, and what production refuses."""

from pathlib import Path

import pytest

from config import Config, InvalidConfigError, read_config

SAFE = {
    "MEDPLAN_ENV": "production",
    "MEDPLAN_SECRET_KEY": "x" * 32,
    "MEDPLAN_DATABASE_URL": "postgresql://db/medplan",
    "MEDPLAN_PUBLIC_URL": "https://plans.example.org/",
}


def test_development_needs_no_variable() -> None:
    assert read_config({}) == Config()


def test_every_variable_is_read() -> None:
    config = read_config(
        SAFE
        | {
            "MEDPLAN_WORKERS": "3",
            "MEDPLAN_ALLOW_DRAFT_FORMULARY": "1",
            "MEDPLAN_FORMULARY_PATH": "ours",
            "MEDPLAN_FHIR_PATH": "packs",
            "MEDPLAN_TRACES_TO": "http://127.0.0.1:4318/v1/traces",
        }
    )

    assert config == Config(
        production=True,
        database_url="postgresql://db/medplan",
        public_url="https://plans.example.org",
        secret_key="x" * 32,
        workers=3,
        allow_draft_formulary=True,
        formulary_path=Path("ours"),
        fhir_path=Path("packs"),
        traces_to="http://127.0.0.1:4318/v1/traces",
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MEDPLAN_ENV", "prod"),
        ("MEDPLAN_WORKERS", "0"),
        ("MEDPLAN_WORKERS", "two"),
        ("MEDPLAN_RATE_LIMITS", "maybe"),
        ("MEDPLAN_TRACES_TO", "collector:4318"),
        ("MEDPLAN_ALLOW_SQLITE", "true"),
    ],
)
def test_a_value_that_cannot_be_read_is_named(name: str, value: str) -> None:
    with pytest.raises(InvalidConfigError, match=name):
        read_config({name: value})


def test_production_says_everything_that_is_unsafe_at_once() -> None:
    with pytest.raises(InvalidConfigError) as caught:
        read_config({"MEDPLAN_ENV": "production", "MEDPLAN_RATE_LIMITS": "off"})

    assert caught.value.reasons == (
        "MEDPLAN_SECRET_KEY must be set in production",
        "SQLite in production needs MEDPLAN_ALLOW_SQLITE=1",
        "MEDPLAN_PUBLIC_URL must begin with https:// in production",
        "MEDPLAN_RATE_LIMITS=off is for development",
    )


def test_production_sends_traces_by_https_or_to_this_machine() -> None:
    there = {"MEDPLAN_TRACES_TO": "http://collector.example.org:4318/v1/traces"}

    with pytest.raises(InvalidConfigError, match="MEDPLAN_TRACES_TO"):
        read_config(SAFE | there)


def test_production_takes_sqlite_only_when_told_so_and_no_short_secret() -> None:
    sqlite = SAFE | {"MEDPLAN_DATABASE_URL": "sqlite:///medplan.db", "MEDPLAN_ALLOW_SQLITE": "1"}

    assert read_config(sqlite).allow_sqlite
    with pytest.raises(InvalidConfigError, match="32 characters"):
        read_config(SAFE | {"MEDPLAN_SECRET_KEY": "short"})


def test_data_keys_are_read_newest_first_and_must_be_long_in_production() -> None:
    listed = read_config({"MEDPLAN_DATA_KEYS": "the-new-key, the-old-key"})

    assert listed.data_keys == ("the-new-key", "the-old-key")
    with pytest.raises(InvalidConfigError, match="each of MEDPLAN_DATA_KEYS"):
        read_config({"MEDPLAN_ENV": "production", "MEDPLAN_DATA_KEYS": "short"})


@pytest.mark.parametrize("database", [None, "sqlite:///medplan.db"])
def test_only_postgresql_has_replicas(database: str | None) -> None:
    replica = {"MEDPLAN_REPLICA_URL": "postgresql://medplan@replicas/medplan"}
    leader = {} if database is None else {"MEDPLAN_DATABASE_URL": database}

    with pytest.raises(InvalidConfigError, match="MEDPLAN_REPLICA_URL is for PostgreSQL"):
        read_config(replica | leader)
    both = replica | {"MEDPLAN_DATABASE_URL": "postgresql://medplan@leader/medplan"}
    assert read_config(both).replica_url == replica["MEDPLAN_REPLICA_URL"]
