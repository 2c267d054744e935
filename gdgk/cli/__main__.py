"""``python -m gdgk.cli``: the command line without its installed script."""

import sys

from gdgk.cli import main

sys.exit(main())
