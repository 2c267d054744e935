"""Many reports at once are judged as each of them alone: by figures, blanks, what is not known, and between years."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from strategies import SYNTHETIC, valid_cells

from gdgk.archive import Agency, panel
from gdgk.form import editions
from gdgk.reconciliation import reconcile
from gdgk.reconciliation.wide import textual_rules, violations, widen
from gdgk.report import Report, blank_report, with_cells

Violation = tuple[str, int, str, str, str, str, float | None]
AGENCIES = {
    "demo": Agency("demo", "测试局", kind="县级政府部门", region_code="530000"),
    "old": Agency("old", "测试市人民政府", kind="设区的市政府", region_code="530100"),
    "other": Agency("other", "测试处"),
}
LINEAGE = {"demo": ("old", "other")}


def cell_by_cell(reports: list[Report], lineage: dict[str, tuple[str, ...]]) -> set[Violation]:
    """What fails, report by report."""
    frame = reconcile(panel(reports), lineage, agencies=AGENCIES)
    left_out = {"FORM-EDITION", "FORM-LABEL", "FORM-ROW", "A-COVER", "A-ROLL", *textual_rules(None)}
    frame = frame[(frame["status"] == "fail") & ~frame["rule"].isin(left_out)]
    return set(map(violation, frame.to_dict("records")))


def at_once(reports: list[Report], lineage: dict[str, tuple[str, ...]]) -> set[Violation]:
    """What fails, all reports at once."""
    return set(map(violation, violations(widen(panel(reports)), lineage, agencies=AGENCIES).to_dict("records")))


def violation(item: dict[str, object]) -> Violation:
    """A failure by its address and difference."""
    texts = [str(item[name] or "") for name in ("rule", "table", "row", "column")]
    difference = item["difference"]
    return (
        str(item["agency"]),
        int(str(item["year"])),
        *texts,
        None if difference != difference else float(difference),
    )  # type: ignore[return-value, arg-type]


@st.composite
def any_reports(draw: st.DrawFn) -> list[Report]:
    """Reports of some agencies on years that follow each other, on any form, with blanks, zeros and unknown cells."""
    found = {}
    for _ in range(draw(st.integers(1, 4))):
        agency, year = draw(st.sampled_from(list(AGENCIES))), draw(st.integers(2018, 2023))
        form = editions()[draw(st.sampled_from(sorted(editions())))]
        filler = draw(st.sampled_from(["", "0", "0", "3", "?"]))
        few = st.sampled_from(["", "0", "1", "2", "7", "60", "?", "无", "/", "若干"])
        texts = dict.fromkeys(form.cells, filler)
        for table in form.tables.values():
            if draw(st.booleans()):
                filler = draw(st.sampled_from(["", "0"]))
                texts |= dict.fromkeys(table.cells, filler)
        texts |= draw(valid_cells(form))
        texts |= draw(st.dictionaries(st.sampled_from(list(form.cells)), few, max_size=25))
        head = replace(SYNTHETIC, partial="有的格未入库", blanks=draw(st.sampled_from(["", "", "zero", "missing"])))
        found[agency, year] = with_cells(blank_report(agency, year, form, head), texts)
    return list(found.values())


@given(any_reports(), st.sampled_from([{}, LINEAGE]))
def test_what_fails_at_once_is_what_fails_cell_by_cell(
    reports: list[Report], lineage: dict[str, tuple[str, ...]]
) -> None:
    assert at_once(reports, lineage) == cell_by_cell(reports, lineage)
