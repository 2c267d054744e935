"""The documentation says what the commands do: nothing is left out, every example runs, every link leads somewhere."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest
from running import ROOT, Ended, gdgk, process_environment

from gdgk.cli import app
from gdgk.listing import FIELDS

COMMANDS_MD = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("README*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("benchmarks/*.md")])
FOR_A_SHELL = re.compile(r"[^\w\s./=-]")  # what a shell does something with; the other lines need none
ANNOUNCED = re.compile(r"#.*\bexit code (\d+)")


def options() -> list[tuple[str, str]]:
    """Every command and option of the command line."""
    return [
        (name, option)
        for name, command in app.commands.items()
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
    ]


def own_section(command: str) -> str:
    """What docs/commands.md says of one command."""
    parts = re.split(r"^## ", COMMANDS_MD, flags=re.MULTILINE)
    own = [part for part in parts if part.startswith(f"gdgk {command}\n")]
    assert own, f"docs/commands.md has no section gdgk {command}"
    return own[0]


def shared() -> str:
    """What docs/commands.md says before the commands, of those that choose reports."""
    return re.split(r"^## ", COMMANDS_MD, flags=re.MULTILINE)[0].split("```", 2)[2]


def section(command: str) -> str:
    """What docs/commands.md says before the commands, and of one of them."""
    return shared() + own_section(command)


def usage(command: str) -> str:
    """The line of a command at the top of docs/commands.md."""
    return next(line for line in COMMANDS_MD.splitlines() if re.match(rf"gdgk {command}\s", line))


@pytest.mark.parametrize(("command", "option"), options())
def test_every_option_is_in_the_usage_line_and_explained(command: str, option: str) -> None:
    named = re.compile(rf"(?<![\w-]){re.escape(option)}(?![\w-])")
    assert named.search(usage(command))
    assert named.search(section(command))


@pytest.mark.parametrize("command", sorted(app.commands))
def test_no_option_is_documented_that_there_is_not(command: str) -> None:
    have = {option for name, option in options() if name == command} | {"--help", "--version"}
    said = own_section(command) + usage(command)
    said += shared() if f"`{command}`" in shared() else ""
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", said)) <= have


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_readme_names_every_command(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    assert [name for name in app.commands if f"gdgk {name}" not in text] == []


def test_the_fields_of_a_finding_are_listed_in_order() -> None:
    assert ", ".join(FIELDS) in re.sub(r"\s+", " ", COMMANDS_MD)


@pytest.mark.parametrize("code", [0, 1, 2, 130])
def test_every_exit_code_is_explained(code: int) -> None:
    assert re.search(rf"^\| {code} \| .+", COMMANDS_MD, re.MULTILINE)


# Examples ------------------------------------------------------------------------------------------------------------


def examples() -> list[tuple[str, int]]:
    """The gdgk lines of the fenced console and sh blocks, each with the exit code its comment announces, else 0."""
    found = []
    for block in re.findall(r"^```(?:console|sh)\n(.*?)^```", COMMANDS_MD, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if line.startswith("gdgk "):
                announced = ANNOUNCED.search(line)
                found.append((line.split("#")[0].strip(), int(announced[1]) if announced else 0))
    return found


def test_every_command_has_an_example() -> None:
    assert {line.split()[1] for line, _ in examples()} >= set(app.commands)


@pytest.mark.skipif(os.name != "posix", reason="the examples are for a POSIX shell")
@pytest.mark.parametrize(("line", "code"), examples())
def test_every_example_ends_as_it_says(line: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if line.startswith("gdgk run") and "--dry-run" not in line:
        line += " --dry-run"
    (tmp_path / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(tmp_path)
    ended = in_a_shell(line, tmp_path) if FOR_A_SHELL.search(line) else gdgk(*shlex.split(line)[1:])
    assert ended.code == code, ended.err
    written = {path.name for path in tmp_path.iterdir()} - {"data"}
    assert written == set(re.findall(r"(?:>|-o) (\S+)", line))


def in_a_shell(line: str, folder: Path) -> Ended:
    """How a line ends that is typed into a shell in a folder."""
    script = f'gdgk() {{ "$PYTHON" -m gdgk.cli "$@"; }}\n{line}\n'
    ended = subprocess.run(
        ["sh", "-c", script],
        cwd=folder,
        env=process_environment({"PYTHON": sys.executable}),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


# Links ---------------------------------------------------------------------------------------------------------------


def links() -> list[tuple[Path, str]]:
    """The relative links of the documentation."""
    found = []
    for page in PAGES:
        prose = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", prose)):
            if not re.match(r"[a-z]+:", target):
                found.append((page, target))
    return found


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


@pytest.mark.parametrize(("page", "target"), links(), ids=lambda value: getattr(value, "name", value))
def test_every_link_leads_to_a_file_or_heading(page: Path, target: str) -> None:
    name, _, anchor = target.partition("#")
    path = (page.parent / name).resolve() if name else page
    assert path.exists()
    assert path.is_relative_to(ROOT)
    assert not anchor or anchor in anchors(path)
