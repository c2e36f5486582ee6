"""`formulary affected`: which plans in force a formulary that was found wrong is about."""

import click

from medplan.cli.databases import migrated_database
from medplan.cli.formularies import Formularies
from medplan.cli.output import Exit, told_as_problems


@click.command()
@click.argument("medicine", metavar="[MEDICINE]", required=False)
@told_as_problems
def affected(medicine: str | None) -> None:
    """List the plans in force, or those with a MEDICINE, over every organisation.

    A line each: organisation, plan, revision, status, the formulary it was made on, last day, and
    what its proof fails by today's formulary. Exit 3 when one fails. Each organisation's audit
    says that this was asked.
    """
    from medplan.gate.context import system_clock
    from medplan.services.showing.affected import affected_plans
    from medplan.store.ids import ORGANISATION, PLAN, write_id

    formularies = dict(Formularies())
    count = failing = 0
    with migrated_database() as database:
        for plan in affected_plans(database, formularies, medicine, system_clock()):
            count, failing = count + 1, failing + bool(plan.failing)
            said = (
                write_id(ORGANISATION, plan.organisation_id),
                write_id(PLAN, plan.plan_id),
                f"revision {plan.revision}",
                plan.status,
                plan.made_on,
                f"until {plan.last_day or 'unknown'}",
                f"fails {', '.join(plan.failing)}" if plan.failing else "proved",
            )
            click.echo("\t".join(said))
    click.echo(f"{count} plans in force; today's formulary does not prove {failing} of them.")
    if failing:
        raise SystemExit(Exit.NOT_ISSUABLE)
