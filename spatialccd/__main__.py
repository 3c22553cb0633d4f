"""``python -m spatialccd`` is the command line."""

from spatialccd.cli import main

main()
