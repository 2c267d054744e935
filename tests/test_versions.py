"""What changed between the versions of a report: everything is listed, nothing else is, and it reads like a change."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from itertools import accumulate, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from running import SOAK
from strategies import filled_report, reports, valid_cells

from gdgk.archive import Archive, ReportId
from gdgk.form import CellKey
from gdgk.prose import NUMERALS, sections
from gdgk.report import Correction, ExtraRow, Report, with_cells
from gdgk.versions import Kind, compared, comparisons, version_of, versions_of
from gdgk.versions.cells import CellChange, alike, cell_changes, cell_of, measure_changes
from gdgk.versions.heads import head_changes
from gdgk.versions.passages import Passage, folded, pieces, prose_changes, side_by_side

TOTAL = CellKey("disputes", "reconsideration", "total")
UPHELD = CellKey("disputes", "reconsideration", "upheld")
WORDS = [
    "收到",
    "政府信息公开",
    "申请",
    "21",
    "3.5",
    "1,204",
    "件",
    "，",
    "。",
    "；",
    "没有",
    "依法",
    "A",
    "𠮷",
    "\n",
    " ",
    "（",
]


def key(text: str) -> CellKey:
    """A cell by its address."""
    return CellKey(*text.split("."))


def lines() -> st.SearchStrategy[str]:
    """Sentences made of few words, so that chance makes them alike."""
    return st.lists(st.sampled_from(WORDS), min_size=1, max_size=25).map("".join)


@st.composite
def narratives(draw: st.DrawFn) -> str:
    """A narrative.md: some sections, some paragraphs."""
    text = draw(lines())
    for numeral in draw(st.lists(st.sampled_from(NUMERALS), unique=True, max_size=3)):
        paragraphs = draw(st.lists(lines(), max_size=3))
        text += "\n\n".join([f"\n\n## {numeral}、{draw(st.sampled_from(['情况', '总体情况']))}", *paragraphs])
    return text


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Report, Report]:
    """Two versions of a report: on any forms, with some cells and words in common."""
    before, other = draw(reports()), draw(reports())
    now = other if draw(st.booleans()) else before
    if now is before:
        changed = draw(valid_cells(before.edition))
        kept = draw(st.lists(st.sampled_from(list(before.cells)), max_size=20))
        now = with_cells(before, {name: changed.get(name, "") for name in kept if name not in before.corrections})
    now = replace(now, agency=before.agency, year=before.year)
    return replace(before, narrative=draw(narratives())), replace(now, narrative=draw(narratives()))


# Properties ----------------------------------------------------------------------------------------------------------


@given(reports(), narratives())
def test_a_report_compared_with_itself_differs_nowhere(report: Report, text: str) -> None:
    report = replace(report, narrative=text)
    assert cell_changes(report, report) == []
    assert measure_changes(report, report) == ([], None)
    assert head_changes(report, report) == []
    assert prose_changes(report.narrative, report.narrative) == []


@pytest.mark.soak
@settings(max_examples=60 if SOAK else 12)
@given(pairs())
def test_the_listed_cells_applied_to_the_earlier_version_give_the_later(both: tuple[Report, Report]) -> None:
    before, now = both
    changes = {change.key: change for change in cell_changes(before, now)}
    shared = alike(before.edition, now.edition)
    assert (measure_changes(before, now)[1] is None) == (shared == {*before.edition.cells, *now.edition.cells})
    for name in shared:
        old, new = cell_of(before, name), cell_of(now, name)
        if name in changes:
            assert (changes[name].before, changes[name].now) == (old, new)
            assert old != new or (name in before.corrections) != (name in now.corrections)
        else:
            assert (old and old.raw.strip()) == (new and new.raw.strip())


@pytest.mark.soak
@settings(max_examples=60 if SOAK else 12)
@given(pairs())
def test_swapped_sides_mirror(both: tuple[Report, Report]) -> None:
    before, now = both
    there, back = cell_changes(before, now), cell_changes(now, before)
    assert dict(map(mirrored, there)) == {one.key: (one.kind, one.before, one.now) for one in back}
    assert all(one.difference == -other.difference for one, other in differing(there, back))
    measures = [(one.measure, one.now, one.before) for one in measure_changes(before, now)[0]]
    assert measures == [(one.measure, one.before, one.now) for one in measure_changes(now, before)[0]]
    said = prose_changes(before.narrative, now.narrative), prose_changes(now.narrative, before.narrative)
    assert sorted((one.section, one.now, one.before, *parts(one, True)) for one in said[0]) == sorted(
        (one.section, one.before, one.now, *parts(one, False)) for one in said[1]
    )


def mirrored(change: CellChange) -> tuple[CellKey, tuple[object, ...]]:
    """A change as the comparison of swapped sides has it."""
    return change.key, (change.kind, change.now, change.before)


def differing(there: list[CellChange], back: list[CellChange]) -> list[tuple[CellChange, CellChange]]:
    """The changes with a difference and their mirror images."""
    images = {change.key: change for change in back}
    return [(change, images[change.key]) for change in there if change.difference is not None]


def parts(passage: Passage, swapped: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What was taken out of a passage and what was put in."""
    kinds = ("inserted", "deleted") if swapped else ("deleted", "inserted")
    out, put = (tuple(piece.text for piece in passage.pieces if piece.kind == kind) for kind in kinds)
    return out, put


@given(narratives(), narratives())
def test_the_listed_passages_applied_to_the_earlier_text_give_the_later(before: str, now: str) -> None:
    changes = prose_changes(before, now)
    for numeral in ("", *NUMERALS):
        left, right = blocks(before, numeral), blocks(now, numeral)
        own = [one for one in changes if one.section == numeral]
        gone = Counter(one.before for one in own if one.kind != "inserted")
        come = Counter(one.now for one in own if one.kind != "deleted")
        assert gone <= Counter(left) and come <= Counter(right)
        kept = Counter(left) - gone
        assert kept == Counter(right) - come
        # What is kept stands in one order in both; which of two alike is the new one cannot be told, nor need be.
        assert longest_in_common(left, right) >= kept.total()


def longest_in_common(left: list[str], right: list[str]) -> int:
    """How many entries two lists have in common in one order, at most."""
    row = [0] * (len(right) + 1)
    for one in left:
        row = list(
            accumulate(
                ((row[at] + (one == other), row[at + 1]) for at, other in enumerate(right)),
                lambda so_far, pair: max(so_far, *pair),
                initial=0,
            )
        )
    return row[-1]


def blocks(text: str, numeral: str) -> list[str]:
    """Heading and paragraphs of a section."""
    found = sections(text).get(numeral)
    return [part for part in (found.heading, *found.paragraphs) if part] if found else []


@given(st.lists(lines(), max_size=8), st.lists(lines(), max_size=8))
def test_lists_laid_side_by_side_are_whole_and_in_order(before: list[str], now: list[str]) -> None:
    found = side_by_side(before, now)
    assert [left for left, _ in found if left is not None] == before
    assert [right for _, right in found if right is not None] == now
    assert [(right, left) for left, right in found if left and right] == [
        pair for pair in side_by_side(now, before) if None not in pair
    ]


@given(lines(), lines())
def test_pieces_spell_both_texts_and_never_stutter(before: str, now: str) -> None:
    found = pieces(before, now)
    assert "".join(one.text for one in found if one.kind != "inserted") == before
    assert "".join(one.text for one in found if one.kind != "deleted") == now
    assert all(one.text for one in found)
    assert all(one.kind != other.kind for one, other in pairwise(found))


# Reading -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ("共收到申请21件。", "共收到申请23件。", "共收到申请[-21-][+23+]件。"),
        ("公开信息120条。", "公开信息1,120条。", "公开信息[-120-][+1,120+]条。"),
        ("占38.5%，上升。", "占39.5%，上升。", "占[-38.5%-][+39.5%+]，上升。"),
        ("均已按时答复。", "均已依法按时答复。", "均已[+依法+]按时答复。"),
        ("收到21件。未收费。公开120条。", "收到21件。公开120条。", "收到21件。[-未收费。-]公开120条。"),
        # What two sentences have in common by chance is not common ground.
        ("加强队伍的建设。", "提高人员的素质。", "[-加强队伍的建设。-][+提高人员的素质。+]"),
        (
            "其中自然人提出申请十五件次。",
            "其中商业企业提出申请十五件次。",
            "其中[-自然人-][+商业企业+]提出申请十五件次。",
        ),
    ],
)
def test_a_changed_sentence_reads_like_a_change(before: str, now: str, said: str) -> None:
    marks = {"same": "{}", "deleted": "[-{}-]", "inserted": "[+{}+]"}
    assert "".join(marks[one.kind].format(one.text) for one in pieces(before, now)) == said


def test_an_inserted_paragraph_leaves_its_neighbours_alone() -> None:
    text = "## 一、总体情况\n\n收到申请21件。\n\n公开信息120条。"
    longer = text.replace("\n\n公开", "\n\n开展培训3次。\n\n公开")
    (one,) = prose_changes(text, longer)
    assert (one.section, one.kind, one.now) == ("一", "inserted", "开展培训3次。")


def test_spaces_and_the_width_of_signs_are_no_change_of_words() -> None:
    (one,) = prose_changes("## 一、情况\n\n收到 21 件，答复(其中) 3件", "## 一、情况\n\n收到21件，答复（其中）3件")
    assert one.kind == "spacing"
    assert folded(one.before) == folded(one.now)


def test_a_paragraph_of_a_hundred_thousand_signs_is_compared() -> None:
    before, now = "公开。" * 33_000, "公开。" * 32_000 + "收到21件。" + "公开。" * 1000
    found = pieces(before, now)
    assert [(one.kind, one.text) for one in found if one.kind != "same"] == [("inserted", "收到21件。")]
    long = "公" * 30_000
    assert "".join(one.text for one in pieces(long + "开", "不" + long) if one.kind != "deleted") == "不" + long


# Cells ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "now", "kind", "difference"),
    [
        ("0", "11", Kind.FIGURE, 11),
        ("5", "", Kind.ENTRY, None),
        ("", "0", Kind.ENTRY, None),
        ("0", "无", Kind.ENTRY, None),
        ("", "无", Kind.ENTRY, None),
        ("无", "-", Kind.ENTRY, None),
        ("见附件", "见说明", Kind.ENTRY, None),
        ("1234", "1,234", Kind.WRITING, 0),
        ("-", "—", Kind.WRITING, None),
        ("?", "3", Kind.UNKNOWN, None),
        ("", "?", Kind.UNKNOWN, None),
    ],
)
def test_number_blank_none_and_not_taken_in_are_kept_apart(
    before: str, now: str, kind: Kind, difference: int | None
) -> None:
    report = filled_report("demo", 2023, "2021")
    (change,) = cell_changes(with_cells(report, {UPHELD: before}), with_cells(report, {UPHELD: now}))
    assert (change.kind, change.difference, change.place) == (kind, difference, "表四 · 行政复议 · 结果维持")


def test_money_differs_by_what_is_printed() -> None:
    report, cell = filled_report("demo", 2023, "2021"), key("proactive_disclosure.fees.amount")
    (change,) = cell_changes(with_cells(report, {cell: "0.1"}), with_cells(report, {cell: "0.3"}))
    assert (change.difference, change.unit) == (0.2, "万元")


def test_a_variant_of_the_form_is_compared_row_by_row_and_its_own_rows_are_named() -> None:
    before, now = filled_report("demo", 2023, "2021-single-other"), filled_report("demo", 2023, "2021")
    changes = cell_changes(before, now)
    assert {change.kind for change in changes} == {Kind.ABSENT}
    rows = {change.key.row for change in changes}
    assert rows == {"otherwise_handled", "otherwise_not_corrected", "otherwise_fee_unpaid", "otherwise_other"}


def test_another_form_is_compared_by_the_crosswalk_and_what_cannot_be_is_named() -> None:
    before = filled_report("demo", 2020, "2019", {key("proactive_disclosure.licensing.decisions"): 7, TOTAL: 4})
    now = filled_report("demo", 2020, "2021", {key("proactive_disclosure.licensing.decisions"): 9})
    assert [change.key for change in cell_changes(before, now) if change.kind != Kind.ABSENT] == [TOTAL]
    measures, seam = measure_changes(before, now)
    assert [(one.measure, one.difference, one.comparison) for one in measures] == [("licensing_decisions", 2, "same")]
    assert seam is not None and seam.tables == ("表二", "表三") and "政府集中采购金额" in seam.incomparable
    assert key("applications.otherwise_handled.total") not in alike(before.edition, now.edition)


def test_rows_beside_the_form_and_their_names_are_compared() -> None:
    before = filled_report("demo", 2023, "2021")
    extra = {"disputes": (ExtraRow("extra:x", "其他", "", {"upheld": "3"}),)}
    now = replace(before, labels={("disputes", "reconsideration"): "行政复仪"}, extra_rows=extra)
    told = {one.name: (one.before, one.now) for one in head_changes(before, now)}
    assert told == {"表四行名": ("行政复议", "行政复仪"), "表四表外行": ("", "其他：3")}


# Findings ------------------------------------------------------------------------------------------------------------


def test_a_change_says_which_findings_it_resolved_and_introduced(archive: Archive) -> None:
    report = filled_report("demo", 2023, "2021", {UPHELD: 11})
    entry = Correction(TOTAL, "0", "11", "漏填总计", "核对岗", "2024-03-01")
    versions = [
        version_of(archive, "reported", "上报稿", report),
        version_of(archive, "corrected", "更正稿", replace(report, corrections={TOTAL: entry})),
        version_of(archive, "published", "发布稿", report),
    ]
    assert [version.open["error"] for version in versions] == [1, 0, 1]
    first, second = comparisons(versions)
    (cell,) = first.cells
    assert (cell.correction, cell.difference, first.back) == (entry, 11, {})
    assert [row["rule"] for row in first.concerning(cell)[0]] == ["T4-SUM"]
    assert (first.introduced, second.resolved) == ([], [])
    assert [row["rule"] for row in second.concerning(second.cells[0])[1]] == ["T4-SUM"]
    assert second.back == {str(TOTAL): versions[0]}


def test_a_correction_that_was_taken_over_is_told(archive: Archive) -> None:
    report = filled_report("demo", 2023, "2021", {UPHELD: 11})
    entry = Correction(TOTAL, "0", "11", "漏填总计", "核对岗", "2024-03-01")
    corrected = version_of(archive, "corrected", "更正稿", replace(report, corrections={TOTAL: entry}))
    step = compared(corrected, version_of(archive, "published", "发布稿", with_cells(report, {TOTAL: "11"})))
    assert [(one.kind, one.key) for one in step.cells] == [(Kind.CORRECTION, TOTAL)]
    assert (step.resolved, step.introduced) == ([], [])


def test_a_sentence_that_was_put_right_resolves_the_finding_on_its_words(archive: Archive) -> None:
    report = filled_report("demo", 2023, "2021")
    wrong = "## 三、收到和处理政府信息公开申请情况\n\n2023年，本机关收到政府信息公开申请7件。"
    right = wrong.replace("7件", "0件")
    versions = [
        version_of(archive, name, name, replace(report, narrative=text)) for name, text in (("a", wrong), ("b", right))
    ]
    step = compared(*versions)
    (passage,) = step.passages
    resolved, introduced = step.quoting(passage)
    assert [row["rule"] for row in resolved] == ["N-T3-NEW"] and introduced == []


def test_what_people_found_out_about_a_report_holds_for_its_other_versions(archive: Archive) -> None:
    report = filled_report("demo", 2023, "2021")
    archive.write(replace(report, head=replace(report.head, scope="全市", blanks="zero")))
    content = b"<html>"
    source = replace(report.head, source_file="source.html", sha256=hashlib.sha256(content).hexdigest())
    archive.write_published(replace(report, head=source), content)
    heads = [version.report.head for version in versions_of(archive, ReportId("demo", 2023))]
    assert [(head.scope, head.blanks) for head in heads] == [("全市", "zero")] * 2
