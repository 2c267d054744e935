"""Files are read with the line that is wrong, and written whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from running import fill
from strategies import WORDS

from gdgk.errors import GdgkError, InputError, InputErrors, UnknownName, shortlist
from gdgk.files import csv_text, read_csv, read_text, read_toml, toml_line, write_atomic


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_text_is_read_in_the_encodings_that_offices_use(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "narrative.md"
    path.write_bytes("本年新收 12 件，〔2021〕30号\n".encode(encoding))
    assert read_text(path) == "本年新收 12 件，〔2021〕30号\n"


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "narrative.md"
    path.write_bytes(b"\xff\xfe\x00\xff")
    with pytest.raises(InputError, match=r"narrative\.md: found bytes that are neither UTF-8 nor GB18030; .*; save"):
        read_text(path)


def test_a_file_that_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.csv: found No such file"):
        read_text(tmp_path / "none.csv")


def test_a_folder_in_place_of_a_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected a readable file"):
        read_text(tmp_path)


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ('a = 1\nb = "open\nc = 3\n', 2, "'b = \"open'"),
        ("a = 1\na = 2\n", 2, "'a = 2'"),
        ("a = [1,\n", 2, "'the end of the file'"),
        ("标题 = 1\n", 1, "'标题 = 1'"),
        ("a = 2020-13-01\n", 1, "'a = 2020-13-01'"),
    ],
)
def test_broken_toml_names_the_line_and_shows_it(tmp_path: Path, text: str, line: int, found: str) -> None:
    path = tmp_path / "report.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_toml(path)
    message = str(caught.value)
    assert message.startswith(f"{path}:{line}: found {found}; expected TOML (")
    assert message.endswith("; mend that line")
    assert "\n" not in message


def test_toml_line_finds_the_entry_that_a_message_is_about(tmp_path: Path) -> None:
    path = tmp_path / "corrections.toml"
    path.write_text("# note\n[[correction]]\na = 1\n\n  [[ correction ]]\na = 2\n", encoding="utf-8")
    assert [toml_line(path, "correction", index) for index in (0, 1, 2)] == [2, 5, None]


def test_csv_rows_come_with_the_line_they_start_on(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text('item,label\nnew,"两\n行"\n\n , \ngranted,一行\n', encoding="utf-8")
    assert read_csv(path, ["item", "label"]) == [
        (2, {"item": "new", "label": "两\n行"}),
        (6, {"item": "granted", "label": "一行"}),
    ]


def test_csv_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes("label, item\r\n予以公开,granted\r\n".encode("utf-8-sig"))
    assert read_csv(path, ["item", "label"]) == [(2, {"label": "予以公开", "item": "granted"})]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("item\nx\n", "1: found no column 'label'; expected the columns item,label; mend the first line"),
        ("item,label,note\nx,y,z\n", "1: found unknown column 'note'; expected"),
        ("item,label,item\nx,y,z\n", "1: found repeated column 'item'; expected"),
        ("item,lable\n", "1: found no column 'label' and unknown column 'lable'; expected"),
        ("", "1: found no column 'item', 'label'; expected"),
        ("item,label\na,b\nc,d,e\n", "3: found 3 values; expected 2 (item, label); add or remove"),
        ("item,label\na\n", "2: found 1 values; expected 2 (item, label)"),
    ],
)
def test_a_csv_that_is_not_the_table_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_csv(path, ["item", "label"])
    assert str(caught.value).startswith(f"{path}:{message}")


def test_a_field_too_long_for_the_csv_module_is_an_input_error(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(f'item,label\nnew,"{"长" * 200_000}"\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"table\.csv:\d: found field larger than field limit"):
        read_csv(path, ["item", "label"])


@given(st.lists(st.lists(WORDS, min_size=2, max_size=2), max_size=5))
def test_whatever_is_written_as_csv_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "round.csv"
    write_atomic(path, csv_text(["item", "label"], rows))
    kept = [row for row in rows if any(value.strip() for value in row)]
    assert [[row["item"], row["label"]] for _, row in read_csv(path, ["item", "label"])] == kept


def test_a_carriage_return_in_a_field_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    write_atomic(path, csv_text(["item", "label"], [["new", "本年\r新收"]]))
    assert read_csv(path) == [(2, {"item": "new", "label": "本年\r新收"})]


def test_writing_makes_the_folder_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "agency" / "2023" / "report.toml"
    write_atomic(path, "year = 2023\n")
    assert path.read_bytes() == b"year = 2023\n"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("step", ["fsync", "replace", "fdopen"])
def test_a_full_disk_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "applications.csv"
    write_atomic(path, "old\n")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, step, full)
    with pytest.raises(OSError, match="No space left"):
        write_atomic(path, "new\n")
    monkeypatch.undo()
    assert path.read_text() == "old\n"
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupted_write_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "applications.csv"
    write_atomic(path, b"old")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomic(path, b"new")
    assert [(item.name, item.read_bytes()) for item in tmp_path.iterdir()] == [("applications.csv", b"old")]


# Errors --------------------------------------------------------------------------------------------------------------


def test_an_input_error_says_where_what_was_found_what_was_expected_and_what_to_do() -> None:
    error = InputError("data/a/2020/applications.csv", 7, "'12a'", "a number", "retype it")
    assert str(error) == "data/a/2020/applications.csv:7: found '12a'; expected a number; retype it"
    assert str(InputError("data", None, "no such folder", "a folder", "add it")).startswith("data: found no such")


def test_several_input_errors_have_a_line_each() -> None:
    errors = [InputError("a.csv", 1, "x", "y", "z"), InputError("b.csv", 2, "x", "y", "z")]
    assert str(InputErrors(errors)).splitlines() == [str(error) for error in errors]
    assert isinstance(InputErrors(errors), GdgkError)


def test_an_unknown_name_comes_with_the_likely_one() -> None:
    error = UnknownName("agency", "suqain", ["suqian", "huaian"], "name one of them")
    assert str(error) == (
        "agency: found 'suqain' (did you mean suqian?); expected one of suqian, huaian; name one of them"
    )


def test_a_long_list_of_names_is_cut() -> None:
    assert shortlist([]) == "none at all"
    assert shortlist(["a", "b"]) == "a, b"
    assert shortlist([str(number) for number in range(15)]).endswith("10, 11 … and 3 more")


def test_what_could_not_be_written_is_named_when_the_disk_is_full(small_disk: Path) -> None:
    fill(small_disk)
    with pytest.raises(OSError, match="No space left on device") as caught:
        write_atomic(small_disk / "report.toml", "x" * 10_000)
    assert caught.value.filename == str(small_disk / "report.toml")
    assert [path.name for path in small_disk.iterdir()] == ["filler"]
