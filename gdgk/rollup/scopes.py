"""What keeps a sum from being a region's figure: who is missing, what covers less or more, what is on another form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gdgk.archive import Agency
from gdgk.form import Edition
from gdgk.reconciliation import Sheet
from gdgk.reconciliation.competence import covers_region
from gdgk.reconciliation.regions import OWN_LEVEL, named
from gdgk.report import Report
from gdgk.rollup.adding import additive, in_table
from gdgk.rollup.carrying import origins
from gdgk.rollup.gathering import BENEATH, Gathered, Member


@dataclass(frozen=True, slots=True)
class Conflict:
    """One reason why a sum is not simply the region's figure.

    kind: ``missing``, ``own_body``, ``beneath``, ``blank``, ``partial``, ``scope``, ``form``, ``gone``, ``aside``,
    ``succession``. text: a sentence. short: the same in a few words where the sum is then a lower bound only, else
    empty. agencies: whom it concerns, ids.
    """

    kind: str
    text: str
    short: str
    agencies: tuple[str, ...]


def conflicts(
    gathered: Gathered, form: Edition, reports: Sequence[Report], sheets: Sequence[Sheet], own: Report | None
) -> Iterator[Conflict]:
    """Every conflict of a sum, the gravest first. reports, sheets: as added up, in the order of the members."""
    reporting = gathered.reporting
    yield from absent(gathered)
    yield from unfilled(reporting, form, sheets)
    yield from partly(reporting, reports)
    yield from levels(reporting, reports, own)
    yield from forms(reporting, form, reports)
    yield from succession(gathered, reporting)


def conflict(kind: str, agencies: Sequence[Agency], text: str, short: str = "") -> Conflict:
    """A conflict about agencies; ``{}`` in its texts stands for their names."""
    names = named(tuple(agency.name for agency in agencies))
    return Conflict(kind, text.format(names), short.format(names), tuple(agency.id for agency in agencies))


def absent(gathered: Gathered) -> Iterator[Conflict]:
    """Who has no report here, and who is stood for by those beneath."""
    missing = [member.agency for member in gathered.missing]
    if missing:
        yield conflict("missing", missing, "没有报告，未计入：{}", "缺 {} 的报告")
    if not any(member.own for member in gathered.members):
        text = f"{gathered.region.name}本级（办公室）未单列，合计不含本级"
        yield conflict("own_body", [], text, "本级未单列")
    stood = [member.agency for member in gathered.members if member.state == BENEATH]
    if stood:
        yield conflict("beneath", stood, "自己的报告未入库，以其下级的报告代替，可能不全：{}", "{} 由其下级代替")
    if gathered.gone:
        yield conflict("gone", gathered.gone, f"按 agencies.csv {gathered.year} 年已不存在或尚未设立，报告未计入：{{}}")


def unfilled(reporting: Sequence[Member], form: Edition, sheets: Sequence[Sheet]) -> Iterator[Conflict]:
    """Tables that were left wholly blank, or not taken in: their agencies are not in the sum of that table."""
    for name, table in form.tables.items():
        number = table.number if table.number.endswith("表") else f"表{table.number}"
        out = [
            (member.agency, name in sheet.blank_tables)
            for member, sheet in zip(reporting, sheets, strict=True)
            if not in_table(sheet, name)
        ]
        for blank, word in ((True, "整表未填报"), (False, "整表未入库或表式不同")):
            agencies = [agency for agency, empty in out if empty is blank]
            if agencies:
                yield conflict(
                    "blank" if blank else "partial",
                    agencies,
                    f"{number}{word}，该表不计入、也不当作 0：{{}}",
                    f"{{}} {number}{word}",
                )


def partly(reporting: Sequence[Member], reports: Sequence[Report]) -> Iterator[Conflict]:
    """Reports of which not every cell was taken in."""
    found = [member.agency for member, report in zip(reporting, reports, strict=True) if report.head.partial]
    if found:
        yield conflict("partial", found, "只有部分数字入库，缺数字的格合计只是下限（≥）：{}", "{} 只有部分数字")


def levels(reporting: Sequence[Member], reports: Sequence[Report], own: Report | None) -> Iterator[Conflict]:
    """Regions beneath that report their own level only, and agencies whose lower bodies report beside them."""
    low = [
        member.agency
        for member, report in zip(reporting, reports, strict=True)
        if covers_region(member.agency) and OWN_LEVEL.search(report.head.scope)
    ]
    if low:
        yield conflict("scope", low, "报告只含本级，不含其下级：{}", "有的下级只报本级")
    for member in reporting:
        if member.aside:
            text = f"{member.agency.name}之下另有报告，是否已含在其报告中不明，未另加：{{}}"
            yield conflict("aside", member.aside, text, f"{member.agency.name}之下的机关未另加")
    if own is not None and OWN_LEVEL.search(own.head.scope):
        text = f"区域自己的报告只含本级（{own.head.scope}），可能已含部门，未加入合计"
        yield conflict("scope", [], text)


def forms(reporting: Sequence[Member], form: Edition, reports: Sequence[Report]) -> Iterator[Conflict]:
    """Reports on another form than the sum's: what of it goes over by the crosswalk, what does not."""
    by_form: dict[Edition, list[Agency]] = {}
    for member, report in zip(reporting, reports, strict=True):
        if report.edition != form:
            by_form.setdefault(report.edition, []).append(member.agency)
    for other, agencies in by_form.items():
        wanted = additive(form)
        over = len(wanted & origins(form, other).keys())
        rest = len(wanted) - over
        text = f"用{other.label}，合计用{form.label}：对照表许可的 {over} 格相加"
        if rest:
            text += f"，其余 {rest} 格不能对应，合计只是下限（≥）"
        yield conflict("form", agencies, f"{text}：{{}}", "表式不同" if rest else "")


def succession(gathered: Gathered, reporting: Sequence[Member]) -> Iterator[Conflict]:
    """Agencies that report beside those they came from: both may count the same cases."""
    here = {member.agency.id: member.agency for member in reporting}
    for agency in here.values():
        before = [here[name] for name in agency.predecessors if name in here]
        if before:
            text = f"{agency.name}与其前身 {gathered.year} 年都有报告，可能重复计：{{}}"
            yield conflict("succession", before, text)
