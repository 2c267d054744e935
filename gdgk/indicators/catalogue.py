"""The catalogue of all indicators as a page: ``python -m gdgk.indicators.catalogue > docs/indicators.md``.

Made from the registered definitions and crosswalk.csv alone; a test keeps the page in step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gdgk.crosswalk import measures_by_id
from gdgk.form import editions
from gdgk.indicators import GROUPS, INDICATORS, SMALL, STABLE, Indicator, Missing

INTRODUCTION = (
    """# The indicators (指标)""",
    """Made from `gdgk/indicators/` and `gdgk/forms/crosswalk.csv` by `python -m gdgk.indicators.catalogue >
docs/indicators.md`; not written by hand. An indicator is one function of cells; the same function is evaluated on one
report and, over columns, on a corpus.""",
    """```python
from gdgk.indicators import INDICATORS, indicator_frame

INDICATORS["disclosure_rate"].at(sheet)  # one report: a Value
INDICATORS["growth"].at(sheet, others, of="granted")  # others: sheets of the same agency on other years
indicator_frame(frame, ["disclosure_rate", "growth"])  # a wide frame: a row a report, a column table.row.column
```""",
    f"""A value carries `part` and `whole` (its n), of a share the 95 % Wilson interval `low`–`high`, `small` (n below
{SMALL}: 小样本), `stable` (n of at least {STABLE}), `imputed` (a blank was read as 0, or a blank total as the sum of
its parts), `approx` (compared over a seam that the crosswalk calls approximate). Where there is no value, `missing`
says why; of several reasons the last of these is told:""",
    """A wide frame has the columns agency, year, edition and one for each cell; null is blank. `blanks` (`zero`,
`missing`: what the report says a blank is), `partial` (cells were not taken in: null is then not known) and
`population` are used where they are there. A cell without a column is not known.""",
    """A figure is compared with another year's only where `gdgk/forms/crosswalk.csv` allows it:""",
)


def indicators_page() -> str:
    """The whole page as Markdown."""
    head, how, example, values, frame, seams = INTRODUCTION
    reasons = "\n".join(f"- `{one.name}` {one.text}" for one in Missing if one)
    parts = [
        head,
        how,
        example,
        values,
        reasons,
        frame,
        *groups(),
        "## Quantities (crosswalk)",
        seams,
        crosswalk_table(),
    ]
    return "\n\n".join(parts) + "\n"


def groups() -> Iterator[str]:
    """The indicators by group: a table each, then what blanks do to its members and what its sources are."""
    for group in GROUPS:
        own = [one for one in INDICATORS.values() if one.group == group]
        yield f"## {group}"
        lines = ["| id | 指标 | 公式 | 单位 | 分母 | 表式 | 说明 |", "|---|---|---|---|---|---|---|"]
        yield "\n".join([*lines, *(row(one) for one in own)])
        blanks = [f"空格（{which(own, 'blanks', text)}）：{text}。" for text in distinct(own, "blanks")]
        sources = [f"来源（{which(own, 'source', text)}）：{text}。" for text in distinct(own, "source")]
        yield "\n".join(f"- {line.replace('（）', '')}" for line in (*blanks, *sources))


def distinct(group: Sequence[Indicator], field: str) -> list[str]:
    """What the indicators of a group say in a field, each once."""
    return list(dict.fromkeys(getattr(one, field) for one in group))


def which(group: Sequence[Indicator], field: str, text: str) -> str:
    """The indicators that say so, empty where all of the group do."""
    said = [one.label for one in group if getattr(one, field) == text]
    return "" if len(said) == len(group) else "、".join(said)


def row(one: Indicator) -> str:
    """One indicator as a line of its table; what may be varied and what else must be known in the last cell."""
    remarks = [*(f"`{name}`：{text}" for name, text in one.options.items()), *([one.note] if one.note else [])]
    cells = [f"`{one.id}`", one.label, one.formula, one.unit or "—", one.denominator or "—", ", ".join(one.editions)]
    return "| " + " | ".join([*cells, "；".join(remarks) or "—"]) + " |"


def crosswalk_table() -> str:
    """The quantities that may be followed over the years, and what a change of form does to them."""
    words = {"same": "可比", "approx": "近似", "none": "不可比"}
    lines = ["| id | 指标 | 单位 | 表式 | 2018｜2019 | 2020｜2021 | 说明 |", "|---|---|---|---|---|---|---|"]
    for one in measures_by_id().values():
        forms = ", ".join(name for name, form in editions().items() if one.cells(form))
        seams = [words[one.seams[family]] for family in ("2019", "2021")]
        lines.append("| " + " | ".join([f"`{one.id}`", one.label, one.unit, forms, *seams, one.note or "—"]) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(indicators_page(), end="")
