"""Takes the place of the package of this name, as if it were not installed: reading its grammars takes seconds."""

raise ImportError
