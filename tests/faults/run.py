"""`make test-faults`: a table of faults, how often each was tried, what was lost and what was torn.

`lost` counts acknowledged changes that are not there; `torn` counts states in which parts of the
record disagree, and answers that should not be. Both must be nought throughout.
"""

import argparse
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager

import structlog

from tests.faults import (
    check_at_once,
    check_backup,
    check_clocks,
    check_killing,
    check_migrations,
    check_power_loss,
    check_refusing,
    check_replicas,
    check_restarts,
    check_upgrades,
    check_workers,
    check_zones,
)
from tests.faults.ground import Check, Ground, on_postgresql, on_sqlite

CHECKS: dict[str, Check] = {
    "killing": check_killing.check,
    "workers": check_workers.check,
    "at-once": check_at_once.check,
    "refusing": check_refusing.check,
    "restarts": check_restarts.check,
    "replicas": check_replicas.check,
    "power-loss": check_power_loss.check,
    "clocks": check_clocks.check,
    "zones": check_zones.check,
    "backup": check_backup.check,
    "migrations": check_migrations.check,
    "upgrades": check_upgrades.check,
}


def main() -> None:
    """Try every fault and print the table; exit 1 when anything was lost or torn."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("checks", nargs="*", metavar="CHECK", help=f"of {', '.join(CHECKS)}; or all")
    wanted = asked.parse_args().checks or list(CHECKS)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stops servers on its way out
    bad = 0
    print(f"{'database':<11} {'fault':<46} {'tries':>5} {'lost':>5} {'torn':>5}  measured")
    begun = time.monotonic()
    for ground in _grounds():
        for name in wanted:
            for result in CHECKS[name](ground):
                counts = f"{result.tries:>5} {result.lost:>5} {result.torn:>5}"
                print(f"{ground.kind:<11} {result.fault:<46} {counts}  {result.measured}".rstrip(),
                      flush=True)  # fmt: skip
                bad += result.lost + result.torn
    print(f"{time.monotonic() - begun:.0f} s")
    sys.exit(1 if bad else 0)


def _grounds() -> Iterator[Ground]:
    kinds: tuple[AbstractContextManager[Ground], ...] = (on_sqlite(), on_postgresql())
    for kind in kinds:
        with kind as ground:
            yield ground


if __name__ == "__main__":
    main()
