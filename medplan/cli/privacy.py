"""`privacy`: a patient's data exported or erased, and what is old removed."""

import click

from medplan.cli.databases import migrated_database
from medplan.cli.output import told_as_problems, write_json


@click.group()
def privacy() -> None:
    """What is kept about patients, and for how long."""


@privacy.command("export")
@click.argument("reference")
@click.option("--organisation", required=True, metavar="NAME")
@told_as_problems
def export_patient(reference: str, *, organisation: str) -> None:
    """Print everything that is kept about a patient, as JSON."""
    from medplan.gate.context import system_clock
    from medplan.services.patients.patient_data import export_patient as export

    with migrated_database() as database:
        write_json(export(database, organisation, reference, system_clock()))


@privacy.command("erase")
@click.argument("reference")
@click.option("--organisation", required=True, metavar="NAME")
@click.confirmation_option(prompt="Nothing about this patient can be read again. Erase?")
@told_as_problems
def erase_patient(reference: str, *, organisation: str) -> None:
    """Erase a patient for good: the key to everything about them is destroyed."""
    from medplan.gate.context import system_clock
    from medplan.services.patients.patient_data import erase_patient as erase

    with migrated_database() as database:
        count = erase(database, organisation, reference, system_clock())
    click.echo(f"Erased; {count} plans can't be read any more. Backups of the key must go too.")


@privacy.command("rewrap")
@told_as_problems
def rewrap_keys() -> None:
    """Wrap every patient's key by the first of MEDPLAN_DATA_KEYS, so that the others can go.

    Others may work meanwhile. Done again, it does nothing.
    """
    from medplan.gate.context import system_clock
    from medplan.services.operation.rewrapping import rewrap

    with migrated_database() as database:
        done = rewrap(database, system_clock())
    click.echo(
        f"Wrapped {done.patients} patients' keys and {done.second_factors} second factors anew, "
        f"sealed {done.texts} other texts anew. The older keys can go in two days."
    )


@privacy.command()
@told_as_problems
def retain() -> None:
    """Remove what has been kept long enough; the worker does so every hour."""
    from medplan.gate.context import system_clock
    from medplan.services.operation.retention import retain as remove

    with migrated_database() as database:
        removed = remove(database, system_clock())
    click.echo(
        f"Removed {removed.drafts} drafts, {removed.answers} kept answers, "
        f"{removed.feed_bodies} calendars' bytes and {removed.deliveries} deliveries."
    )
