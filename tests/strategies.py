"""Random valid input: reports of every edition, balanced tables, texts that a cell may hold, agencies.

What balances is written out here by hand, not taken from the form's tree, so that the tree itself is put to the test.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from pathlib import Path

from hypothesis import strategies as st

from gdgk.archive import Agency, Archive, panel
from gdgk.form import CellKey, Edition, Table, edition, editions
from gdgk.reconciliation import reconcile, relations
from gdgk.report import Correction, ExtraRow, Head, Report, State, blank_report, read_cell, with_cells

AGENCIES_HEADER = "id,name_zh,short_names,kind,region_code,parent,predecessor,valid_from,valid_to"
SYNTHETIC = Head(title="测试局年度报告（合成数据）", source="合成数据，仅供测试", synthetic=True)
PARTS = ["natural_person", "business", "research", "public_welfare", "legal_service", "other"]
APPLICANTS = [*PARTS, "total"]
RESULTS = ["upheld", "corrected", "other_result", "pending"]
FLOWS = ["new", "carried_over", "outcomes_total", "carried_forward"]
DISPUTES = ["reconsideration", "litigation_direct", "litigation_after_reconsideration"]
MODERN = ["2019", "2021", "2021-single-other"]

# Text as people paste it: commas, quotes and line breaks included. A lone surrogate is no text.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
AWKWARD = st.sampled_from(
    ["a,b", '"引号"', "两\n行", "回\r车", "\r\n", " 前后 ", "；;|", "'", "a\tb", "\u2028", "［1］"]
)
WORDS = TEXT | AWKWARD
FILLED = WORDS.filter(lambda text: text.strip() != "")


def cells_of(table: str, rows: Iterable[str], columns: Iterable[str]) -> list[CellKey]:
    """The cells of some rows and columns."""
    return [CellKey(table, row, column) for row, column in product(rows, columns)]


def outcome_rows(form: Edition) -> list[str]:
    """The rows of table 三 that add up to （七）总计."""
    return [row for row in form.tables["applications"].rows if row not in FLOWS]


# Plain builders ------------------------------------------------------------------------------------------------------


def report_of(agency: str, year: int, form: str, values: Mapping[CellKey, object]) -> Report:
    """A synthetic report whose other cells are blank."""
    report = blank_report(agency, year, edition(form), SYNTHETIC)
    return with_cells(report, {key: str(value) for key, value in values.items()})


def filled_report(agency: str, year: int, form: str, values: Mapping[CellKey, object] | None = None) -> Report:
    """A synthetic report whose other cells are 0."""
    return report_of(agency, year, form, {**dict.fromkeys(edition(form).cells, 0), **(values or {})})


def check(*reports: Report, lineage: Mapping[str, tuple[str, ...]] | None = None) -> list[dict[str, object]]:
    """The findings on some reports, as dicts; what a finding does not have is None."""
    found = reconcile(panel(reports), lineage).to_dict("records")
    return [{str(name): None if value != value else value for name, value in item.items()} for item in found]


def compared(found: Iterable[dict[str, object]], *statuses: str) -> dict[tuple[object, object, object], object]:
    """Findings on equations, with one of the statuses: (rule, row, column) → difference. Bounds and jumps are not among
    them: what balances may still be unusual.
    """
    equations = {item.rule for form in editions().values() for item in relations(form)}
    return {
        (item["rule"], item["row"], item["column"]): item["difference"]
        for item in found
        if item["status"] in statuses and item["rule"] in equations
    }


def write_city(root: Path, agencies: Sequence[str], years: Iterable[int]) -> Path:
    """A data folder with a synthetic report of each agency (id, also its name) on each year; the folder."""
    root.mkdir(parents=True)
    lines = [AGENCIES_HEADER, *(f"{agency},{agency}局,,,,,,," for agency in agencies), ""]
    (root / "agencies.csv").write_text("\n".join(lines), encoding="utf-8")
    archive = Archive(root)
    for year in years:
        for agency in agencies:
            archive.write(filled_report(agency, year, "2021"))
    return root


# Balanced tables -----------------------------------------------------------------------------------------------------


@st.composite
def balanced_applications(draw: st.DrawFn, form: Edition) -> dict[CellKey, int]:
    """A fully filled table 三 in which every printed relation holds, whoever applied and whatever came of it."""
    leaves = outcome_rows(form)
    counts = st.sampled_from([0, 0, 1, 2, 3, 7, 10, 99, 1047, 250_000])
    matrix = draw(st.lists(counts, min_size=len(leaves) * 6, max_size=len(leaves) * 6))
    values = dict(zip(cells_of("applications", leaves, PARTS), matrix, strict=True))
    for part in PARTS:
        outcome = sum(values[CellKey("applications", leaf, part)] for leaf in leaves)
        forward = draw(st.integers(0, 40))
        carried = draw(st.integers(0, outcome + forward))
        flows = (outcome + forward - carried, carried, outcome, forward)
        values.update(zip(cells_of("applications", FLOWS, [part]), flows, strict=True))
    for row in [*leaves, *FLOWS]:
        values[CellKey("applications", row, "total")] = sum(
            values[key] for key in cells_of("applications", [row], PARTS)
        )
    return values


@st.composite
def balanced_disputes(draw: st.DrawFn) -> dict[CellKey, int]:
    """A fully filled table 四 in which every total holds."""
    values = {key: draw(st.integers(0, 500)) for key in cells_of("disputes", DISPUTES, RESULTS)}
    for row in DISPUTES:
        values[CellKey("disputes", row, "total")] = sum(values[key] for key in cells_of("disputes", [row], RESULTS))
    return values


@st.composite
def balanced_reports(draw: st.DrawFn) -> Report:
    """A report of an edition from 2019 on whose tables 三 and 四 are filled throughout and balance."""
    name = draw(st.sampled_from(MODERN))
    values = {**draw(balanced_applications(edition(name))), **draw(balanced_disputes())}
    return report_of("demo", draw(st.integers(2019, 2026)), name, values)


# Cells ---------------------------------------------------------------------------------------------------------------


def counts() -> st.SearchStrategy[str]:
    """Counts as reports print them."""
    number = st.integers(0, 10**9)
    return st.one_of(
        number.map(str),
        number.map(lambda value: f"{value:,}"),
        number.map(lambda value: f"{value}件"),
        number.map(lambda value: str(value).translate(str.maketrans("0123456789", "０１２３４５６７８９"))),
        st.integers(0, 900).map(lambda value: f"{value}万"),
        st.integers(0, 99).map(lambda value: f"{value}（其中修订 3 件）"),
        number.map(lambda value: f" {value} "),
    )


def amounts() -> st.SearchStrategy[str]:
    """Amounts of money as reports print them."""
    plain = st.decimals(0, 10**8, places=4).map(str)
    return st.one_of(
        plain, st.integers(0, 10**9).map(lambda value: f"{value}元"), plain.map(lambda text: f"{text}万元")
    )


def changes() -> st.SearchStrategy[str]:
    """Entries of the column 本年增/减."""
    signs = st.sampled_from(["增 ", "减 ", "+", "-", "－", "增加", "减少", "新增", ""])
    return st.tuples(signs, st.integers(0, 10**6)).map(lambda pair: f"{pair[0]}{pair[1]}")


def fillers() -> st.SearchStrategy[str]:
    """Entries that say no number."""
    return st.sampled_from(["", "", "无", "/", "-", "—", "——", "  ", "不涉及", "没有", "\\", "－", "无增减"])


def valid_text(unit: str, signed: bool) -> st.SearchStrategy[str]:
    """A text that a cell of a unit may hold."""
    numbers = changes() if signed else amounts() if unit == "万元" else counts()
    return numbers | fillers()


def is_valid(text: str, unit: str, signed: bool = False) -> bool:
    """Whether a text is an entry that a cell may hold."""
    try:
        read_cell(text, unit, signed)
    except ValueError:
        return False
    return True


def valid_cells(form: Edition) -> st.SearchStrategy[dict[CellKey, str]]:
    """Texts for some cells of a form, each fit for its cell."""
    by_kind: dict[tuple[str, bool], list[CellKey]] = {}
    for table in form.tables.values():
        for key, (_, column) in table.cells.items():
            by_kind.setdefault((table.unit_of(key), column.kind == "change"), []).append(key)
    parts = [
        st.dictionaries(st.sampled_from(keys), valid_text(unit, signed), max_size=8)
        for (unit, signed), keys in by_kind.items()
    ]
    return st.tuples(*parts).map(lambda found: {key: text for part in found for key, text in part.items()})


# Reports -------------------------------------------------------------------------------------------------------------


@st.composite
def extra_rows(draw: st.DrawFn, table: Table) -> tuple[ExtraRow, ...]:
    """Rows that the form does not know, each after a row of the form or after another such row."""
    names = draw(st.lists(st.from_regex(r"extra_[a-z0-9_]{1,8}", fullmatch=True), max_size=3, unique=True))
    taken: set[str] = set()
    rows: dict[str, ExtraRow] = {}
    for name in names:
        # As often behind a row like itself, or before the first row, as behind a row of the form.
        near, far = ([key for key in keys if key not in taken] for keys in (["", *rows], [*table.rows]))
        after = draw(st.sampled_from(near) | st.sampled_from(far))
        taken.add(after)
        cells = draw(st.dictionaries(st.sampled_from(list(table.columns)), FILLED, max_size=3))
        rows[name] = ExtraRow(name, draw(WORDS), after, cells)
    return tuple(in_file_order(table, rows.values()))


def in_file_order(table: Table, rows: Iterable[ExtraRow]) -> list[ExtraRow]:
    """Extra rows in the order in which their file has them."""
    behind = {row.after: row for row in rows}
    found = []
    for start in ["", *table.rows]:
        key = start
        while key in behind:
            found.append(behind[key])
            key = behind[key].key
    return found


@st.composite
def corrections(draw: st.DrawFn, report: Report) -> dict[CellKey, Correction]:
    """Corrections of some cells, each with what the report prints, what it should say and why."""
    found = {}
    for key in draw(st.lists(st.sampled_from(list(report.cells)), max_size=3, unique=True)):
        corrected = draw(valid_text(report.unit_of(key), report.is_signed(key)))
        texts = [draw(FILLED), draw(WORDS), draw(WORDS)]
        found[key] = Correction(key, report.cells[key].raw, corrected, *texts)
    return found


@st.composite
def heads(draw: st.DrawFn, partial: bool) -> Head:
    """What a report says of itself; ``partial``: cells were not taken in, so it must say which."""
    return Head(
        title=draw(FILLED),
        source=draw(FILLED),
        scope=draw(WORDS),
        published=draw(st.sampled_from(["", "2024-01-31", "2024 年 1 月"])),
        partial=draw(FILLED) if partial else draw(WORDS),
        blanks=draw(st.sampled_from(["", "zero", "missing"])),
        synthetic=True,
    )


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """Any valid report of any edition: odd texts, printed labels, extra rows, corrections, cells not taken in."""
    form = editions()[draw(st.sampled_from(sorted(editions())))]
    report = blank_report("demo", draw(st.integers(2014, 2030)), form, SYNTHETIC)
    texts = draw(valid_cells(form))
    for key in draw(st.lists(st.sampled_from(list(form.cells)), max_size=4)):
        texts[key] = "?"
    report = with_cells(report, texts)
    rows = [(table.id, row) for table in form.tables.values() for row in table.rows]
    labels = draw(st.dictionaries(st.sampled_from(rows), WORDS, max_size=4))
    extra = {table.id: draw(extra_rows(table)) for table in form.tables.values()}
    return Report(
        agency=report.agency,
        year=report.year,
        edition=form,
        head=draw(heads(any(cell.state is State.UNKNOWN for cell in report.cells.values()))),
        cells=report.cells,
        labels={key: text for key, text in labels.items() if text and text != report.label_of(*key)},
        extra_rows={table: found for table, found in extra.items() if found},
        narrative=draw(WORDS),
        corrections=draw(corrections(report)),
    )


@st.composite
def agency_lists(draw: st.DrawFn) -> list[Agency]:
    """Agencies with parents and predecessors among themselves."""
    ids = draw(st.lists(st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True), min_size=1, max_size=5, unique=True))
    names = st.text(st.characters(categories=["Lo"]), min_size=1, max_size=8)
    years = st.none() | st.integers(1949, 2030)
    found = []
    for own in ids:
        others = [name for name in ids if name != own]
        parent = draw(st.sampled_from(["", *others]))
        before = draw(st.lists(st.sampled_from(others), max_size=2, unique=True)) if others else []
        short = draw(st.lists(names, max_size=2))
        found.append(
            Agency(own, draw(names), tuple(short), "测试", "530000", parent, tuple(before), draw(years), draw(years))
        )
    return found
