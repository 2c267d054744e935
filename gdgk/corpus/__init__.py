"""The corpus: the reports of a province or the nation as Parquet, written by ``pack`` and asked by :class:`Corpus`.

A pack is derived and may be thrown away: the text files of ``data/`` are what counts. It holds the panel, wide, a row a
report and a column a cell of any edition, by province; where each figure comes from; the register; what fails.
"""

from __future__ import annotations

from gdgk.corpus.packing import Packed, pack
from gdgk.corpus.reading import Corpus

__all__ = ["Corpus", "Packed", "pack"]
