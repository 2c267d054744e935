"""A synthetic city as a data folder: agencies, years, reports that hold every rule, and errors planted on purpose.

Nobody and no place is meant: every report says ``synthetic``. Made for measuring (how fast is a run, what do the checks
find) where published reports are too few. Deterministic: the same arguments give the same bytes. A report of an agency
depends on the seed, the agency's number and the year only; that of a government, which is the sum of its office and the
agencies beneath, also on how many of these there are. How much comes to whom: ``city.toml``; the words:
``wording.toml``."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from gdgk.archive import REGISTER
from gdgk.errors import GdgkError
from gdgk.form import Edition, edition_for
from gdgk.sampling.chance import Draw, stream
from gdgk.sampling.city import Member, example_city
from gdgk.sampling.filling import fill
from gdgk.sampling.ledger import FIRST, LAST, PLANT, WORDS, YEARS, Ledger
from gdgk.sampling.planting import BENEATH, HEADER, Slip, plant
from gdgk.sampling.prose import IN_FACT, SHOWN, figures_of, narrative
from gdgk.sampling.sheets import Paper, paper
from gdgk.sampling.writing import agencies_head, agency_line, report_toml, whole_folder, write_files

__all__ = ["PLANTED", "Sample", "sample_city"]

PLANTED = "planted.csv"
README = "README.md"
# 信息处理费 is charged, and told of, since reports on this year (国办函〔2020〕109号).
FEES_SINCE = 2021


@dataclass
class Sample:
    """What was written: agencies, reports, reports with an error, and where."""

    folder: Path
    agencies: int
    reports: int
    planted: int = 0


@dataclass
class Region:
    """A government whose report is being added up: the cells of each year, applications received in every year."""

    member: Member
    values: dict[int, list[int]]
    received: list[int] = field(default_factory=lambda: [0] * YEARS)
    wrong: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    def add(self, values: dict[int, list[int]], received: Iterable[int]) -> None:
        """Add an agency beneath."""
        for year, cells in values.items():
            self.values[year] = [a + b for a, b in zip(self.values[year], cells, strict=True)]
        self.received = [a + b for a, b in zip(self.received, received, strict=True)]


def sample_city(
    folder: Path,
    agencies: int,
    years: Iterable[int],
    seed: int,
    errors: float = 0.0,
    done: Callable[[int], None] | None = None,
) -> Sample:
    """Write a synthetic city as a data folder, whole or not at all.

    agencies: how many, in the order of :meth:`City.everyone`. years: reported on, those between 2014 and 2030. errors:
    the share of reports (0 to 1) that get one error each, listed in ``planted.csv``. done: called after each agency
    with the reports it has. Memory does not grow with the number of reports. Raises :class:`GdgkError` for what cannot
    be had and for a folder that is not empty.
    """
    wanted = list(years)
    refuse(agencies, wanted, seed, errors)
    with whole_folder(folder) as made:
        writer = Writer(made, wanted, seed, errors)
        with (
            (made / REGISTER).open("w", encoding="utf-8", newline="") as register,
            (made / PLANTED).open("w", encoding="utf-8", newline="") as planted,
        ):
            register.write(agencies_head())
            writer.planted = csv.writer(planted, lineterminator="\n")
            writer.planted.writerow(HEADER)
            for member in example_city().members(agencies):
                register.write(agency_line(member.agency))
                writer.take(member)
                if done:
                    done(len(wanted))
            writer.close()
        (made / README).write_text(readme(agencies, wanted, seed, errors), encoding="utf-8")
    return Sample(folder, agencies, agencies * len(wanted), writer.count)


def refuse(agencies: int, years: list[int], seed: int, errors: float) -> None:
    """Raise :class:`GdgkError` for arguments that make no city."""
    if agencies < 1:
        raise GdgkError(f"--agencies: found {agencies}; expected 1 or more; mend the option")
    if seed < 0:
        raise GdgkError(f"--seed: found {seed}; expected 0 or more; mend the option")
    if not 0 <= errors <= 1:
        raise GdgkError(f"--errors: found {errors:g}; expected a share from 0 to 1, such as 0.05; mend the option")
    strange = [year for year in years if not FIRST <= year <= LAST]
    if strange or not years:
        raise GdgkError(
            f"--years: found {strange[0] if strange else 'none'}; expected years from {FIRST}, the first with a "
            f"national form, to {LAST}; mend the option"
        )


def readme(agencies: int, years: list[int], seed: int, errors: float) -> str:
    """What a reader of the folder must know first."""
    return (
        f"# {example_city().values['name']}：合成数据\n\n"
        "本文件夹的机关、数字和文字均由程序生成，不对应任何真实的机关和地方。\n\n"
        "Synthetic data: no agency, figure or sentence here is real. Made by\n"
        f"`gdgk sample --agencies {agencies} --years {years[0]}-{years[-1]} --seed {seed} --errors {errors:g}`.\n"
        f"What was made wrong on purpose is listed in {PLANTED}.\n"
    )


class Writer:
    """Writes agency after agency; governments, which are sums, at the end."""

    def __init__(self, folder: Path, years: list[int], seed: int, errors: float) -> None:
        self.folder, self.years, self.seed, self.errors = folder, years, seed, errors
        self.forms: dict[int, Edition] = {year: edition_for(year) for year in years}
        self.papers: dict[int, Paper] = {year: paper(form) for year, form in self.forms.items()}
        self.regions: dict[str, Region] = {}
        self.planted: Any = None
        self.count = 0
        self.source = f"合成数据：由 gdgk sample 生成（种子 {seed}），机关和数字均为虚构，仅供测试和演示"

    def take(self, member: Member) -> None:
        """An agency: its reports, or, for a government, its office's figures, which are its own body's."""
        if member.region:
            zeros = {year: [0] * len(own.keys) for year, own in self.papers.items()}
            region = self.regions[member.agency.id] = Region(member, zeros)
            self.add(region, Ledger(self.seed, example_city().office_of(member)))
            return
        ledger = Ledger(self.seed, member)
        values = self.filled(ledger)
        received = [sum(new) for new in ledger.new]
        above = self.regions[member.agency.parent]
        if member.number != above.member.number + 1:
            above.add(values, received)
        self.write(member, values, received, ledger.zeros_blank, above)

    def add(self, region: Region, ledger: Ledger) -> None:
        """An agency's figures into its region's."""
        region.add(self.filled(ledger), [sum(new) for new in ledger.new])

    def filled(self, ledger: Ledger) -> dict[int, list[int]]:
        """The cells of every year."""
        return {year: fill(ledger, form, year) for year, form in self.forms.items()}

    def close(self) -> None:
        """The governments, areas first: the city is the sum of these too."""
        for region in reversed(self.regions.values()):
            above = self.regions.get(region.member.agency.parent)
            if above:
                above.add(region.values, region.received)
            self.write(region.member, region.values, region.received, False, above)
            for year, cells in region.wrong.items():
                self.tell_beneath(region, year, cells)

    def write(
        self,
        member: Member,
        values: dict[int, list[int]],
        received: list[int],
        zeros_blank: bool,
        above: Region | None,
    ) -> None:
        """The reports of an agency."""
        base = f"{self.folder}/{member.agency.id}"
        (self.folder / member.agency.id).mkdir()
        for year, cells in values.items():
            texts, figures = self.said(member, year, cells, zeros_blank, above)
            draw = stream(self.seed, member.number, year, WORDS)
            before = received[year - 1 - FIRST] if self.is_continued(year) else None
            head = self.head(member, year, zeros_blank, draw)
            text = narrative(member, year, self.papers[year], figures, before, draw)
            files = [("report.toml", report_toml(head)), *self.papers[year].files(texts), ("narrative.md", text)]
            write_files(f"{base}/{year}", files)

    def said(
        self, member: Member, year: int, cells: list[int], zeros_blank: bool, above: Region | None
    ) -> tuple[list[str], dict[str, int]]:
        """What the cells of a report print and the figures its prose restates, with the error it is to have, if any."""
        own, slip = self.papers[year], self.slip(member, year, cells)
        texts, figures = own.texts(cells, zeros_blank), figures_of(own, cells)
        fact = figures[SHOWN]
        if slip:
            printed = list(cells)
            for at, figure in slip.cells.items():
                printed[at] = figure
            true, texts = texts, own.texts(printed, zeros_blank)
            for at in slip.cells:
                texts[at] = texts[at] or "0"  # a figure that is wrong is one that was filled in
            self.tell(member, year, slip, true, texts)
            if above:
                above.wrong[year].update(slip.cells)
            if slip.told:
                figures = figures_of(own, printed)
            if slip.received is not None:
                figures[SHOWN] = slip.received
        figures[IN_FACT], figures["fee_notice"] = fact, int(year >= FEES_SINCE)
        return texts, figures

    def is_continued(self, year: int) -> bool:
        """Whether the year before had the same form, so that growth can be told."""
        return year > FIRST and edition_for(year - 1) is self.forms[year]

    def head(self, member: Member, year: int, zeros_blank: bool, draw: Draw) -> dict[str, str | int]:
        """What report.toml says, in the order in which it is written."""
        form = self.forms[year]
        blanks = {"blanks": "zero"} if zeros_blank and "statistics" not in form.tables else {}
        return {
            "agency": member.agency.id,
            "year": year,
            "edition": form.id,
            "title": f"{member.agency.name}{year}年政府信息公开工作年度报告（合成数据）",
            "source": self.source,
            "scope": member.scope,
            "published": published(member, year, draw),
            **blanks,
        }

    def slip(self, member: Member, year: int, cells: list[int]) -> Slip | None:
        """The error of a report, if it is to have one: the share is of all reports, each by its own chance."""
        draw = stream(self.seed, member.number, year, PLANT)
        if draw() >= self.errors:
            return None
        own = self.papers[year]
        continued = year - 1 in self.forms and self.is_continued(year)
        self.count += 1
        return plant(own, cells, figures_of(own, cells), continued, draw)

    def tell(self, member: Member, year: int, slip: Slip, true: list[str], printed: list[str]) -> None:
        """The lines of planted.csv on an error: a line for each cell that was changed or that the prose has wrong."""
        own = self.papers[year]
        for at in slip.cells:
            self.planted.writerow([member.agency.id, year, *own.keys[at], true[at], printed[at], slip.kind])
        if slip.received is not None:
            at = shown_cell(own)
            self.planted.writerow([member.agency.id, year, *own.keys[at], true[at] or "0", slip.received, slip.kind])

    def tell_beneath(self, region: Region, year: int, cells: set[int]) -> None:
        """The lines of planted.csv on a government whose sum shows what is wrong beneath."""
        own, agency = self.papers[year], region.member.agency
        texts = own.texts(region.values[year], False)
        for at in sorted(cells):
            self.planted.writerow([agency.id, year, *own.keys[at], texts[at], texts[at], BENEATH])


def shown_cell(own: Paper) -> int:
    """The cell that the prose's count of applications received restates."""
    wanted = ("applications", "new", "total"), ("statistics", "received", "value")
    return next(at for at, key in enumerate(own.keys) if key in wanted)


def published(member: Member, year: int, draw: Draw) -> str:
    """When a report was published: departments and townships in January, governments of areas by March."""
    days = int(20 * draw())
    first = date(year + 1, 3, 5) if member.region else date(year + 1, 1, 10)
    return (first + timedelta(days=days)).isoformat()
