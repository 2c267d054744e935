"""Claims read off published prose: precision and recall over the shared corpus, its conflicts, and time over size.

Every listed phrase of the corpus is judged in its own sentence where the document is there, else alone. A phrase that
restates cells must be read as those cells, one that restates none as no claim. Exit code 1 when a goal is missed.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from gdgk.claims import Claim, check_claims, read_claims
from gdgk.findings import Finding
from gdgk.form import CellKey, Edition, edition
from gdgk.report import UNKNOWN, Head, Report, blank_report, with_cells

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT.parent / "shared" / "corpus"
PRECISION, RECALL = 98.0, 90.0
SIZES = (250_000, 1_000_000)
SLOW = {
    "one sentence of claims": "其中自然人申请12件、予以公开3件（占25%），较上年增加2件，复议、诉讼分别为1件、2件，",
    "brackets without an end": "收到申请（含结转",
    "names without a figure": "规章、规范性文件、行政许可、",
    "digits": "1234567890",
    "quotes without an end": "“《收到",
    "negations": "无未没有零",
}
KEY = re.compile(r"(?:applications|disputes|proactive_disclosure|statistics)\.[\w]+\.\w+")
# How the corpus words sums of cells, and the rows meant.
SUMS = {
    "sum denied": "denied",
    "sum unable": "unavailable",
    "sum unavailable": "unavailable",
    "sum not_processed": "not_processed",
    "sum other": "otherwise",
    "granted+partial": "granted",
    "granted and partly": "granted",
    "litigation total": "litigation",
    "litigation upheld": "litigation",
    "litigation corrected": "litigation",
    "litigation other": "litigation",
    "litigation pending": "litigation",
    "natural person new": "new",
    "legal person new": "new",
    "DISAGREES: 258": "granted",
    "DISAGREES: table": "unavailable",
}


@dataclass
class Tally:
    """What was right, wrongly taken, wrongly placed and missed."""

    right: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    free: int = 0


def expected(refers_to: str) -> list[str]:
    """The rows (first of each sum) that a phrase restates, as the corpus words it; empty when it restates none."""
    keys = [CellKey(*name.split(".")) for name in KEY.findall(refers_to)]
    if keys:
        return [key.row for key in keys]
    return [row for words, row in SUMS.items() if words in refers_to][:1]


def close(text: str) -> str:
    """A text without spaces."""
    return re.sub(r"\s+", "", text)


def whole_report(true: dict[str, Any], narrative: str) -> Report:
    """The report of an entry of the corpus; cells not listed are not known."""
    form = edition(true["edition"])
    title = f"{true['region']}{true['agency']}{true['year']}年政府信息公开工作年度报告"
    report = blank_report("corpus", true["year"] or 2023, form, Head(title=title, source="corpus"))
    printed = {name: "" if value is None else str(value) for name, value in true["cells"].items()} | true.get("raw", {})
    keyed = {CellKey(*name.split(".")): text for name, text in printed.items() if "extra:" not in name}
    known = {key: text for key, text in keyed.items() if key in form.cells}
    unknown = dict.fromkeys(form.cells, UNKNOWN.raw)
    return replace(with_cells(report, {**unknown, **known}), narrative=narrative)


def entries() -> Iterator[tuple[str, dict[str, Any], str]]:
    """Every entry of the corpus: name, true values, narrative (empty where there is no document)."""
    from gdgk.importers import read_document, recognise

    for path in sorted(CORPUS.glob("reports/*/expected.json")):
        true = json.loads(path.read_text(encoding="utf-8"))
        document = next(path.parent.glob("document.*"), None)
        prose = recognise(read_document(document, document.name)).narrative if document else ""
        yield path.parent.name, true, prose
    for path in sorted(CORPUS.glob("facts/*.json")):
        yield path.stem, json.loads(path.read_text(encoding="utf-8")), ""


def claims_of(phrase: str, number: object, prose: list[Claim], narrative: str, form: Edition) -> list[Claim]:
    """The claims on a phrase: in its sentence where the narrative has it, else read alone."""
    place = close(narrative).find(close(phrase)) if narrative else -1
    if place < 0:
        return [claim for claim in read_claims(phrase, form) if claim.kind in ("count", "none", "clear", "all")]
    numbers = number if isinstance(number, list) else [number]
    inside = []
    for claim in prose:
        same = close(phrase) in close(claim.sentence) and (claim.number in numbers or claim.kind == "all")
        shares_words = close(claim.words)[-6:] in close(phrase) or close(phrase) in close(claim.words)
        if same and shares_words and claim.kind in ("count", "none", "clear", "all"):
            inside.append(claim)
    return inside


def judge(tally: Tally, name: str, true: dict[str, Any], narrative: str) -> None:
    """Judge every listed phrase of an entry that is no percentage."""
    form = edition(true["edition"])
    prose = list(read_claims(narrative, form)) if narrative else []
    named = {conflict["phrase"]: conflict["cell"] for conflict in true.get("claim_conflicts", [])}
    for item in true["claims"]:
        if item["unit"] == "%":
            continue
        # A conflict that names a cell says which one the phrase restates, in whatever scope.
        rows = expected(item["refers_to"]) or expected(named.get(item["phrase"], ""))
        found = claims_of(item["phrase"], item["number"], prose, narrative, form)
        read = {key.row for claim in found for reading in claim.readings for key in reading}
        where = f"{name}: {item['phrase']} ({item['refers_to']})"
        if not rows:
            tally.free += not found
            tally.wrong.extend([where] if found else [])
        elif any(row in read or any(key.startswith(f"{row}_") for key in read) for row in rows):
            tally.right += 1
        else:
            tally.missed.append(where)
            tally.wrong.extend([where] if found else [])


def sentence_of(true: dict[str, Any]) -> str:
    """The listed phrases of an entry as one sentence: for conflicts of totals where the document is not there."""
    groups: list[str] = []
    for item in true["claims"]:
        if groups and item["phrase"].startswith(("(", "（")):
            groups[-1] += item["phrase"]
        else:
            groups.append(item["phrase"])
    return f"{groups[0]}，其中{'，'.join(groups[1:])}。" if groups[1:] else groups[0]


def conflicts(name: str, true: dict[str, Any], narrative: str, prior: Report | None) -> Iterator[tuple[str, str, bool]]:
    """Every listed conflict: its kind, its words, and whether what was found is in order."""
    if not true.get("claim_conflicts"):
        return
    report = whole_report(true, narrative or conflict_prose(name, true))
    found = [finding for finding in check_claims(report, prior) if finding.status == "fail"]
    for conflict in true["claim_conflicts"]:
        mine = [finding for finding in found if concerns(finding, conflict)]
        if conflict["kind"] == "true_conflict":
            good = bool(mine)
        elif conflict["kind"] == "rounding":
            good = not mine
        else:
            good = all(finding.severity != "error" for finding in mine)
        yield conflict["kind"], f"{name}: {conflict['phrase']}", good


def conflict_prose(name: str, true: dict[str, Any]) -> str:
    """Prose for an entry without a document."""
    if name.startswith("suqian"):
        return "".join(f"{item['phrase']}。" if item["unit"] != "%" else "" for item in true["claims"]).replace(
            "3646件。", "3646件，同比增长1.05%。"
        )
    return sentence_of(true)


def concerns(finding: Finding, conflict: dict[str, Any]) -> bool:
    """Whether a finding is about the words of a conflict and its stated number."""
    stated = conflict["claimed"]
    return (
        finding.left is not None
        and abs(finding.left - stated) < 1e-6
        and (finding.rule == "N-SUM") == ("sum of claims" in conflict["cell"])
    )


def scale() -> Iterator[tuple[str, int, float, int]]:
    """CPU seconds for prose of growing size, without an end and built to be slow."""
    form = edition("2021")
    for name, piece in SLOW.items():
        for size in SIZES:
            text = piece * (size // len(piece))
            begun = time.process_time()
            count = len(read_claims(text, form))
            yield name, size, time.process_time() - begun, count


def main() -> int:
    """Measure, print, and say whether the goals were met."""
    met = True
    for name, size, seconds, count in scale():
        each = seconds / size * 1e6
        print(f"{name:24}{size:>11,} letters {seconds:7.2f} CPU s {count:>9,} claims {each:7.2f} µs a letter")
    if not CORPUS.is_dir():
        print("the shared corpus is not beside this checkout (../shared/corpus): precision and recall not measured")
        return 0
    tally, listed = Tally(), list(entries())
    judged: list[tuple[str, str, bool]] = []
    reports = {name: whole_report(true, prose) for name, true, prose in listed}
    for name, true, prose in listed:
        judge(tally, name, true, prose)
        prior = reports.get(re.sub(r"\d{4}$", lambda match: str(int(match[0]) - 1), name))
        judged.extend(conflicts(name, true, prose, prior))
    precision = 100 * tally.right / (tally.right + len(tally.wrong))
    recall = 100 * tally.right / (tally.right + len(tally.missed))
    counts = f"{tally.right} right, {len(tally.wrong)} wrong, {len(tally.missed)} missed, {tally.free} rightly left"
    print(f"precision {precision:.1f} %, recall {recall:.1f} %: {counts}")
    for kind, items in (("wrong", tally.wrong), ("missed", tally.missed)):
        for item in items:
            print(f"  {kind}: {item}")
    for kind in ("true_conflict", "scope_or_wording", "rounding"):
        mine = [item for item in judged if item[0] == kind]
        bad = [words for _, words, good in mine if not good]
        print(f"{kind}: {len(mine) - len(bad)} of {len(mine)} as they should be")
        for words in bad:
            print(f"  not: {words}")
        met = met and not bad
    return 0 if met and precision >= PRECISION and recall >= RECALL else 1


if __name__ == "__main__":
    sys.exit(main())
