"""`python -m kpirules`."""

from kpirules.cli import main

main()
