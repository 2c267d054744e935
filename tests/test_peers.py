"""Growth far from that of agencies of the same kind is told; small groups and small figures are not judged."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from strategies import filled_report

from gdgk.archive import Archive
from gdgk.checks import check_reports
from gdgk.form import CellKey

NEW = CellKey("applications", "new", "total")


def told(made: Archive, year: int = 2023) -> list[tuple[str, str]]:
    """The agencies and quantities that are out of line."""
    found = check_reports(made, made.report_ids(years=[year])).findings
    mine = found[(found["rule"] == "Y-PEERS") & (found["status"] == "fail")]
    assert set(mine["severity"]) <= {"info"}
    return list(zip(mine["agency"], mine["place"], strict=True))


def archive_of(
    make_archive: Callable[..., Archive], growth: list[int], before: int = 100, kind: str = "县级政府部门"
) -> Archive:
    """Agencies of one kind whose 本年新收 went from ``before`` to each of the figures."""
    names = [f"a{at:02d}" for at in range(len(growth))]
    made = make_archive(*(f"{name},合成{name}局,,{kind},,,,," for name in names))
    for name, now in zip(names, growth, strict=True):
        made.write(filled_report(name, 2022, "2021", {NEW: before}))
        made.write(filled_report(name, 2023, "2021", {NEW: now}))
    return made


@pytest.mark.parametrize("far", [900, 5])
def test_a_growth_far_from_that_of_its_kind_is_told(make_archive: Callable[..., Archive], far: int) -> None:
    usual = [100, 110, 95, 120, 105, 90, 108, 99, 115, 101]
    assert told(archive_of(make_archive, [*usual, far])) == [("a10", "本年新收")]


@pytest.mark.parametrize(
    ("growth", "before", "kind"),
    [
        ([100, 110, 95, 120, 900], 100, "县级政府部门"),  # too few to say what is usual
        ([*[9, 8, 7, 6, 5, 9, 8, 7, 6, 5], 90], 9, "县级政府部门"),  # figures too small
        ([*[100] * 10, 130], 100, "县级政府部门"),  # all alike, one a little more
        ([*[100] * 10, 900], 100, ""),  # no kind, no peers
        ([50, 400, 20, 900, 100, 10, 300, 60, 150, 700, 900], 100, "县级政府部门"),  # nothing is usual
    ],
)
def test_what_has_no_usual_growth_is_not_judged(
    make_archive: Callable[..., Archive], growth: list[int], before: int, kind: str
) -> None:
    assert told(archive_of(make_archive, growth, before, kind)) == []


def test_a_year_without_the_one_before_is_not_judged(make_archive: Callable[..., Archive]) -> None:
    made = archive_of(make_archive, [*[100] * 10, 900])
    assert told(made, 2022) == []
