"""``python -m autograde``: the command line where ``autograde`` is not on the PATH."""

import sys

from autograde.cli import main

if __name__ == "__main__":
    sys.exit(main())
