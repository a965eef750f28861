"""`python -m tocsin` is the command `tocsin`."""

import sys

from tocsin.entrypoints.cli import main

sys.exit(main())
