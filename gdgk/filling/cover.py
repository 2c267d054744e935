"""The cover of a fill-in form: for whom, of which year, on which edition; sealed, so that a changed head is seen."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

TITLE = "政府信息公开工作年度报告填报表"
# Raised when the sheets change so that an older form would be read wrongly.
VERSION = "gdgk-form 1"
LABELS = ("机关名称", "机关代码", "年度", "表式", "填报表版本", "校验")
# Where they stand: labels in the first column, what they say in the second, from this row on.
TOP = 3
LABEL_COLUMN, VALUE_COLUMN = 1, 2
NAME_ROW, VERSION_ROW, SEAL_ROW = TOP, TOP + 4, TOP + 5
# On other sheets, by which a form is known that lost its cover.
MARK = f"（{VERSION}）"


@dataclass(frozen=True, slots=True)
class Cover:
    """What a form says of itself. agency, name: empty on a blank form, whose name is filled in by hand."""

    agency: str
    name: str
    year: int
    edition: str

    @property
    def seal(self) -> str:
        """A digest of the head; the name counts only where gdgk wrote it."""
        parts = (VERSION, self.agency, self.name if self.agency else "", str(self.year), self.edition)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]

    @property
    def values(self) -> tuple[str | int, ...]:
        """What stands beside :data:`LABELS`."""
        return (self.name, self.agency, self.year, self.edition, VERSION, self.seal)
