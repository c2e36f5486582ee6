"""medplan: dated, proved medication plans and tapers.

Time zones come from the pinned `tzdata` package alone: a machine's own copy may be older or newer,
and a plan must hold the same instants on every machine.
"""

import zoneinfo

zoneinfo.reset_tzpath(to=())
