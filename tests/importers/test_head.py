"""Whose report a document is, of which year and from which day, however agencies word and lay out its head."""

from __future__ import annotations

import pytest

from gdgk.archive import Agency
from gdgk.importers import text as text_reader
from gdgk.importers.recognition.head import FoundHead, match_agency, read_head

NAME = "测试市教育局"
OFFICE = "样例市样例区人民政府外事办公室"


def head_of(text: str) -> FoundHead:
    """The head of a text."""
    return read_head(text_reader.read_string(text, "a.txt"))


@pytest.mark.parametrize(
    ("text", "agency", "year"),
    [
        (f"{NAME}2022年政府信息公开工作年度报告\n正文", NAME, 2022),
        (f"{NAME}关于2022年政府信息公开工作年度报告", NAME, 2022),
        (f"{OFFICE}政府信息公开工作2022年度报告\n{OFFICE}\n政府信息公开工作2022年度报告", OFFICE, 2022),
        ("关于2022年度政府信息公开情况的报告", "", 2022),
        ("2022年测试市政府信息公开工作年度报告", "测试市", 2022),
        ("2022年度测试县教育局政府信息公开年报", "测试县教育局", 2022),
        (f"{NAME}\n2020年政府信息公开\n工作年度报告", NAME, 2020),
        (f"{NAME}二〇二一年政府信息公开工作年度报告", NAME, 2021),
        (f"{NAME}2021年度政府信息公开工作报告", NAME, 2021),
        (f"{NAME}政府信息公开工作年度报告（2021年）", NAME, 2021),
        (f"{NAME}政府信息公开工作年度报告\n（2021年度）", NAME, 2021),
        ("测试镇人民政府2023年政务公开工作年度报告", "测试镇人民政府", 2023),
        (f"发布机构：{NAME}\n发布日期：2023-01-18\n2022年政府信息公开工作年度报告", NAME, 2022),
        ("按照要求，现公布测试市人民政府2017年政府信息公开工作年度报告。\n一、概述", "测试市人民政府", 2017),
        (f"首页>年报\n{NAME}2022年政府信息公开工作年度报告发布", NAME, 2022),
        (f"《{NAME}2022年政府信息公开工作年度报告》", NAME, 2022),
        (f"统计期限自2021年1月1日至12月31日。\n六、其他需要报告的事项\n无。\n{NAME}\n2022年1月15日", NAME, 2021),
        ("现公布我局2022年政府信息公开工作年度报告。统计期限自2022年1月1日起。", "", 2022),
    ],
)
def test_agency_and_year_are_found_however_the_title_is_worded(text: str, agency: str, year: int) -> None:
    head = head_of(text)
    assert (head.agency_name, head.year) == (agency, year)


@pytest.mark.parametrize(
    "name", [f"{NAME}2022年政府信息公开工作年度报告.xlsx", f"年报.zip: 一/{NAME}2022年政府信息公开年报.txt"]
)
def test_a_report_without_a_title_is_known_by_its_files_name(name: str) -> None:
    head = read_head(text_reader.read_string("一、总体情况\n无。", name))
    assert (head.agency_name, head.year) == (NAME, 2022)
    assert head_of("测试县水务局2021年政府信息公开工作年度报告").agency_name == "测试县水务局"


@pytest.mark.parametrize(
    "text",
    [
        "转发《关于2022年政府信息公开工作年度报告有关事项的通知》",
        "2021年政府信息公开工作年度报告格式",
        "下一篇：关于编制2023年政府信息公开工作年度报告的通知",
    ],
)
def test_a_notice_about_reports_is_no_title(text: str) -> None:
    assert head_of(text).title == ""


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("发布日期：2023-01-18 10:20", "2023-01-18"),
        ("公开时间: 2023年1月8日", "2023-01-08"),
        (f"无。\n{NAME}\n2023年1月15日", "2023-01-15"),
        ("统计期限自2022年1月1日至2022年12月31日。", ""),
    ],
)
def test_the_day_of_publication_is_the_sites_else_the_one_under_the_report(text: str, day: str) -> None:
    assert head_of(f"{NAME}2022年政府信息公开工作年度报告\n{text}").published == day


def test_an_agency_is_known_by_name_short_name_region_and_the_places_around_it() -> None:
    one = Agency("a_edu", "甲乙市教育局", ("甲乙教育局",))
    two = Agency("b_edu", "丙丁市教育局")
    known = [one, two]
    assert match_agency("甲乙市教育局", known) == [one]
    assert match_agency("甲乙教育局", known) == [one]
    assert match_agency("某某省甲乙市教育局", known) == [one]
    assert match_agency("教育局", known) == []  # too short to be any agency's name
    assert match_agency("市教育局", known) == known
    assert match_agency("市教育局", known, "丙丁市各学校") == [two]
    assert match_agency("市教育局", known, "甲乙市与丙丁市") == known
    assert match_agency("", known) == []
