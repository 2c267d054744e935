"""Older Word, WPS, RTF and OpenDocument texts → Document, by way of the .docx that LibreOffice makes of them; older
workbooks → .xlsx.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from gdgk.importers import docx
from gdgk.importers.document import Document, DocumentError
from gdgk.importers.limits import checked_size, damaged

# LibreOffice takes 2 to 5 s for a report, the first start included.
SECONDS = 60
PROGRAMS = ("soffice", "libreoffice")
# Where its installers put it without telling the shell.
HOMES = ("/Applications/LibreOffice.app/Contents/MacOS/soffice", "/opt/libreoffice/program/soffice")
# A profile of our own: no macro runs, no link is followed, whatever the user's own settings allow.
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" \
oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" \
oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableActiveContent" \
oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" \
oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" \
oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
QUIETLY = ("--headless", "--norestore", "--nolockcheck", "--nodefault", "--nofirststartwizard")
# A proxy that answers nobody: what would be fetched all the same is not.
NO_NETWORK = {
    "http_proxy": "http://127.0.0.1:9",
    "https_proxy": "http://127.0.0.1:9",
    "all_proxy": "http://127.0.0.1:9",
}


def read(path: Path, name: str = "") -> Document:
    """An older Word document as a document; places as in the .docx that LibreOffice makes of it.

    Raises :class:`DocumentError` when LibreOffice is not there, fails or takes more than a minute.
    """
    name = name or str(path)
    checked_size(path, name)
    program = office()
    if program is None:
        raise DocumentError(
            name,
            "an older Word, WPS or RTF document and no LibreOffice to open it",
            "LibreOffice on this machine, or a .docx",
            "install LibreOffice, or open the file in Word or WPS and save it as .docx",
        )
    with tempfile.TemporaryDirectory(prefix="gdgk-") as folder:
        made = convert(program, path, Path(folder), name)
        return replace(docx.read(made, name), kind="doc")


def office() -> str | None:
    """LibreOffice's program; None when it is not installed."""
    found = (shutil.which(program) for program in PROGRAMS)
    installed = (home for home in HOMES if os.access(home, os.X_OK))
    return next((program for program in (*found, *installed) if program), None)


def convert(program: str, path: Path, folder: Path, name: str) -> Path:
    """The .docx that LibreOffice makes of a file, in a folder of ours."""
    source = folder / f"source{safe_suffix(path, name)}"
    shutil.copyfile(path, source)
    command = [program, settings_of(folder), *QUIETLY, "--convert-to", "docx:MS Word 2007 XML"]
    run([*command, "--outdir", str(folder), str(source)], folder, name)
    made = folder / "source.docx"
    if not made.is_file():
        raise damaged(name, "an older Word document that LibreOffice does not open")
    return made


def as_xlsx(path: Path, folder: Path, name: str) -> Path:
    """The .xlsx that LibreOffice makes of an older workbook, in a folder of ours.

    Raises :class:`DocumentError` when LibreOffice is not there, fails or takes more than a minute.
    """
    program = office()
    if program is None:
        raise DocumentError(
            name, "an older workbook and no LibreOffice to open it", "an .xlsx", "open it and save it as .xlsx"
        )
    # LibreOffice knows a workbook by its content; the result must have another name.
    source = folder / "source.xls"
    shutil.copyfile(path, source)
    command = [program, settings_of(folder), *QUIETLY, "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    run([*command, "--outdir", str(folder), str(source)], folder, name)
    made = folder / "source.xlsx"
    if not made.is_file():
        raise damaged(name, "an older workbook that LibreOffice does not open")
    return made


def settings_of(folder: Path) -> str:
    """The argument that gives LibreOffice a profile of our own, made in a folder."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")
    return f"-env:UserInstallation={profile.as_uri()}"


def safe_suffix(path: Path, name: str) -> str:
    """The suffix LibreOffice chooses its filter by; never .docx, which the result is called."""
    suffix = (path.suffix or Path(name).suffix).lower()
    return suffix if suffix in (".doc", ".wps", ".rtf", ".odt") else ".doc"


def run(command: list[str], folder: Path, name: str) -> None:
    """Run LibreOffice with a time limit; it and what it started are ended together."""
    environment = {**os.environ, **NO_NETWORK, "TMPDIR": str(folder), "SAL_USE_VCLPLUGIN": "svp"}
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except OSError as error:
        raise DocumentError(
            name,
            f"LibreOffice that does not start ({error.strerror})",
            "a working LibreOffice",
            "mend it, or save the file as .docx",
        ) from error
    try:
        process.wait(SECONDS)
    except subprocess.TimeoutExpired as error:
        raise DocumentError(
            name,
            f"a document LibreOffice did not finish within {SECONDS} s",
            "a report",
            "open it in Word or WPS and save it as .docx",
        ) from error
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a program with all that it started, if it still runs."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
