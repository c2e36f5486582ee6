"""`python -m medplan`."""

from medplan.cli import main

main(prog_name="python -m medplan")
