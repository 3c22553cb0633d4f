"""``python -m spatialccd``, and ``spatialccd`` itself, are the command line."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; Ctrl-C while it still loads ends in a sentence too."""
    try:
        from spatialccd import cli
    except KeyboardInterrupt:
        print("spatialccd: stopped; nothing was written", file=sys.stderr)
        sys.exit(130)
    cli.main()


if __name__ == "__main__":
    main()
