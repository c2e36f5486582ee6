"""`worker`: does what changes left to be done, in a process of its own."""

import os
import signal

import click

from config import read_config
from medplan.cli.output import told_as_problems


@click.command()
@click.option("--threads", type=click.IntRange(1, 64), default=4, show_default=True)
@told_as_problems
def worker(threads: int) -> None:
    """Do tasks until told to stop (SIGTERM, SIGINT); whatever is under way is finished first."""
    from medplan.building import build_parts, spans_of
    from medplan.gate.logs import configure_logs
    from medplan.services.operation.readiness import check_ready
    from medplan.worker import Worker, handlers_within

    configure_logs()
    config = read_config(os.environ)
    parts = build_parts(config)
    check_ready(parts)
    working = Worker(parts, handlers_within(spans_of(config)))
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _number, _frame: working.stop())
    working.run(threads)
    parts.database.close()
