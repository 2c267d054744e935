"""Another place's name where an agency speaks of itself is told; places that are rightly named are not.

The sentences were written for these tests, except that of the seed report.
"""

from __future__ import annotations

import importlib.util
import io
import json
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import filled_report

from gdgk.archive import Agency
from gdgk.findings import Status
from gdgk.text_checks import check_text
from gdgk.text_checks.gazetteer import all_places, home

MILE = Agency("mile", "弥勒市文化和旅游局", region_code="532504")


def told(sentence: str, agency: Agency = MILE, *others: Agency) -> list[str]:
    """The place names told of in a report of one sentence."""
    text = f"## 一、总体情况\n\n2023年，我局认真开展公开工作。{sentence}\n"
    checked = replace(filled_report(agency.id, 2023, "2021"), narrative=text)
    agencies = {one.id: one for one in (agency, *others)}
    found = check_text(checked, agency, agencies=agencies)
    return [one.quote for one in found if one.rule == "N-ORG" and one.status == Status.FAIL]


SLIPS = [
    ("进一步发挥随州旅游政务网公开主渠道作用。", "随州"),
    ("信息在随州市人民政府门户网站公布。", "随州市"),
    ("公众可登录湖北省政务服务网查询。", "湖北省"),
    ("我局按照随州市委、市政府的部署开展公开工作。", "随州市"),
    ("通过“曾都区政府网”发布信息30条。", "曾都区"),
    ("欢迎关注“长沙文旅”微信公众号。", "长沙"),
    ("随县文化和旅游局认真落实条例要求。", "随县"),
    ("湖北省随州市文化和旅游局负责解释。", "随州市"),
    ("依托昆明市人民政府网站公开信息。", "昆明市"),
    ("通过曲靖市政府信息公开平台发布信息。", "曲靖市"),
    ("泸西县文化和旅游局高度重视信息公开工作。", "泸西县"),
    ("本报告电子版可在蒙自市人民政府网站下载。", "蒙自市"),
    ("为随州市群众提供查询服务。", "随州市"),
    ("红安县政府门户网站开设专栏。", "红安县"),
    ("在恩施州政府网站公开。", "恩施州"),
    ("随州市文化和旅游局组织学习条例，开展培训2次。", "随州市"),
    ("按照随州市政务公开工作方案要求开展工作。", "随州市"),
    ("贯彻随州市委有关会议精神，加强公开。", "随州市"),
    ("随州市人民政府办公室电话对外公布。", "随州市"),
    ("随州西城街道设立查阅点。", "随州"),
    ("依法公开随州市政府信息公开指南。", "随州市"),
    ("《随州市政府信息公开制度》已修订。", "随州市"),
]

RIGHTLY_NAMED = [
    "我局赴浙江省杭州市学习考察政务公开标准化经验。",
    "组织人员到上海市参加政务公开培训班。",
    "借鉴北京市、上海市等地做法，完善公开目录。",
    "与上海市青浦区开展东西部协作。",
    "对口帮扶单位上海市长宁区派员来我市指导。",
    "会议在大理市召开。",
    "案件由昆明铁路运输法院审理。",
    "昆明市中级人民法院作出判决。",
    "维护网站的是北京某某科技有限公司。",
    "委托杭州市数字城市科技发展有限公司运维网站。",
    "上海合作组织成员国代表来访。",
    "政务服务中心位于南京路12号。",
    "建设平安弥勒，确保长治久安。",
    "公安机关与新华社合作。",
    "新华网、人民网转载信息20条。",
    "畅通公开通道，会同有关部门网站发布。",
    "网站和平台公众号更新及时。",
    "全市区县政府网站规范运行。",
    "红河州人民政府网站、云南省人民政府网站同步发布。",
    "红河日报、云南日报刊发报道。",
    "开远市、蒙自市等邻近县市前来交流。",
    "弥勒县撤县设市以来，公开工作不断加强。",
    "在昆明信息港、云南网刊发稿件12篇。",
    "参照《江苏省行政机关政府信息公开申请办理答复规范》组织培训2次。",
    "武汉市疫情发生后，及时发布防控信息。",
    "从湖北省返回人员信息及时登记。",
    "学习贯彻习近平总书记考察云南重要讲话精神。",
    "参加了在南宁市举办的推介会。",
    "发布昆明海关、武汉铁路局有关信息。",
    "发挥大方县级平台的作用。",
    "统一公开方式，大方得体。",
    "链接公开远程教育网站。",
    "邀请南京大学、浙江大学专家授课。",
    "开展长江流域、黄河流域旅游推介。",
    "在网站公示延长答复期限告知书样本。",
    "制定行政区域内旅游规划。",
    "优化新城区、老城区网站栏目。",
    "在海南省三亚市旅游推介会上发放资料。",
    "接待四川省成都市客商咨询。",
    "来自贵州省、广西壮族自治区的游客咨询增多。",
    "本年收到来自重庆市渝中区申请人的申请1件。",
    "深圳证券交易所、上海证券交易所依法披露信息。",
    "依托云南省政务服务网、红河州政务服务网办理。",
    "人民政府门户网站弥勒频道更新信息。",
    "适应城市发展需要，做好滇东山区、山区县信息公开。",
    "村民和县长面对面，比如县长接待日。",
    "浙江省对口支援我市的项目信息全部公开。",
    "被“上海发布”微信公众号转载2次。",
    "安定团结的局面、和平发展的环境得到宣传。",
    "推广深圳市“秒批”经验。",
    "上海路街道、南京东路街道、北京街道的事项目录同步更新。",
    "国家税务总局、中国人民银行的信息由其自行公开。",
    "因机构改革，原弥勒县旅游局职责划入我局。",
    "苏州工业园区招商会在昆明举行。",
    "河南省郑州市“7·20”特大暴雨灾害后，组织应急演练。",
    "转发《关于支持河北雄安新区建设的信息》。",
    "赴昆明市五华区、盘龙区跟班学习。",
    "全国人大代表、省人大代表建议全部公开。",
    "江苏、浙江、广东等省的游客增长。",
]


@pytest.mark.parametrize(("sentence", "name"), SLIPS)
def test_another_place_that_stands_for_the_agencys_own_is_told(sentence: str, name: str) -> None:
    assert told(sentence) == [name]


@pytest.mark.parametrize("sentence", RIGHTLY_NAMED)
def test_a_place_that_is_rightly_named_is_left_alone(sentence: str) -> None:
    assert told(sentence) == []


def test_a_name_is_told_once_with_how_often_it_stands_there() -> None:
    text = "## 一、总体情况\n\n在随州市政府网站发布。随州旅游政务网更新。随州市文化馆开放。\n"
    checked = replace(filled_report("mile", 2023, "2021"), narrative=text)
    (one,) = [one for one in check_text(checked, MILE) if one.rule == "N-ORG"]
    assert "（共 3 处）" in one.message
    assert one.message.startswith("外地名称“随州市”")


def test_a_neighbour_is_called_one() -> None:
    text = "## 一、总体情况\n\n泸西县文化和旅游局高度重视。\n"
    checked = replace(filled_report("mile", 2023, "2021"), narrative=text)
    (one,) = [one for one in check_text(checked, MILE) if one.rule == "N-ORG"]
    assert one.message.startswith("同一上级的邻近地区名称“泸西县”")


# Whose place is whose ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "code", "places"),
    [
        ("弥勒市文化和旅游局", "", ["弥勒市"]),
        ("上海市黄浦区人民政府打浦桥街道", "", ["黄浦区"]),
        ("云南省红河州开远市人民政府", "", ["开远市"]),
        ("红河哈尼族彝族自治州财政局", "", ["红河哈尼族彝族自治州"]),
        ("内蒙古乌海市生态环境局", "", ["乌海市"]),
        ("新疆尼勒克县财政局", "", ["尼勒克县"]),
        ("广西壮族自治区教育厅", "", ["广西壮族自治区"]),
        ("湖北省荆州市荆州区人民政府办公室", "", ["荆州区"]),
        ("吉林省长春莲花山度假区文体旅宣局", "", ["长春市"]),
        ("杭州高新区（滨江）财政局", "", ["杭州市"]),
        ("通道县水利局", "", ["通道侗族自治县"]),
        ("国家税务总局弥勒市税务局", "", ["弥勒市"]),
        ("东乡族自治县财政局", "", ["东乡族自治县"]),
        ("洪泽区人民政府", "", ["洪泽区"]),
        ("市财政局", "532504", ["弥勒市"]),
        ("市财政局", "532504102000", ["弥勒市"]),
        ("市财政局", "532599", ["红河哈尼族彝族自治州"]),
    ],
)
def test_an_agencys_place_is_that_of_its_code_or_of_its_name(name: str, code: str, places: list[str]) -> None:
    agency = Agency("a", name, region_code=code)
    own = home(agency, {})
    assert own is not None
    assert [place.name for place in own.places] == places


def test_a_district_of_many_towns_is_placed_by_the_agency_above() -> None:
    above = Agency("xuzhou", "徐州市人民政府")
    below = Agency("gulou", "鼓楼区财政局", parent="xuzhou")
    own = home(below, {"xuzhou": above, "gulou": below})
    assert own is not None
    assert [place.code for place in own.places] == ["320302"]
    alone = home(Agency("gulou", "鼓楼区财政局"), {})
    assert alone is not None
    assert {place.code[:4] for place in alone.places} >= {"3201", "3203", "3501"}
    assert told("在徐州市人民政府网站发布。", below, above) == []
    assert told("在随州市人民政府网站发布。", below, above) == ["随州市"]


def test_an_agency_without_a_place_is_placed_by_the_one_above() -> None:
    above, below = Agency("city", "弥勒市人民政府"), Agency("bureau", "财政局", parent="city")
    assert told("在弥勒市人民政府网站发布。", below, above) == []
    assert told("在随州市人民政府网站发布。", below, above) == ["随州市"]


def test_the_place_of_an_agency_before_is_known() -> None:
    before = Agency("old", "随州市文化和旅游局")
    now = Agency("new", "弥勒市文化和旅游局", predecessors=("old",))
    assert told("原随州市文化和旅游局网站已停用。", now, before) == []
    assert told("原随州市文化和旅游局网站已停用。", MILE, before) == ["随州市"]


def test_a_circle_of_parents_ends() -> None:
    one, two = Agency("a", "甲局", parent="b"), Agency("b", "乙局", parent="a")
    assert home(one, {"a": one, "b": two}) is None


@pytest.mark.parametrize("name", ["国家国际发展合作署", "国务院办公厅", "中国气象局"])
def test_agencies_of_the_whole_country_name_every_place(name: str) -> None:
    assert told("在随州市人民政府网站发布。", Agency("n", name)) == []


@pytest.mark.parametrize(
    ("agency", "sentence", "names"),
    [
        (Agency("p", "云南省财政厅"), "弥勒市、文山州、大理市政府网站同步发布。", []),
        (Agency("p", "红河州财政局"), "弥勒市人民政府网站、云南省政务服务网发布。", []),
        (Agency("p", "红河州财政局"), "文山州人民政府网站发布。", ["文山州"]),
        (Agency("p", "长春市朝阳区财政局"), "在北京市朝阳区人民政府网站发布。", ["北京市"]),
        (Agency("p", "上海市黄浦区财政局"), "在上海市人民政府网站、浦东新区平台发布。", ["浦东新区"]),
        (Agency("p", "公安县财政局"), "在公安县人民政府网站发布。", []),
        (Agency("p", "随州市财政局"), "发挥随州旅游政务网作用，曾都区、广水市网站更新。", []),
        (Agency("p", "襄阳市财政局"), "发挥随州旅游政务网作用。", ["随州"]),
    ],
)
def test_what_is_own_depends_on_the_agency(agency: Agency, sentence: str, names: list[str]) -> None:
    assert told(sentence, agency) == names


def test_another_agency_of_the_register_as_author_is_told() -> None:
    other = Agency("school", "弥勒市教育体育局")
    office = Agency("office", "弥勒市文化和旅游局办公室")
    text = "本报告由{}根据条例编制。\n\n## 一、总体情况\n\n公开30条。\n"

    def quotes(name: str) -> list[str]:
        checked = replace(filled_report("mile", 2023, "2021"), narrative=text.format(name))
        agencies = {one.id: one for one in (MILE, other, office)}
        found = check_text(checked, MILE, agencies=agencies)
        return [one.quote for one in found if one.rule == "N-ORG" and one.status == Status.FAIL]

    assert quotes("弥勒市教育体育局") == ["弥勒市教育体育局"]
    assert quotes("弥勒市文化和旅游局") == []
    assert quotes("弥勒市文化和旅游局办公室") == []


TAIXING = Agency("taixing", "泰兴市市场监督管理局", region_code="321283")


@pytest.mark.parametrize(
    ("agency", "sentence", "names"),
    [
        (TAIXING, "2021年，泰州市市场监督管理局政府信息公开工作稳步推进。", ["泰州市市场监督管理局"]),
        (TAIXING, "2021年，泰兴市市场监督管理局政府信息公开工作稳步推进。", []),
        (TAIXING, "按照泰州市市场监督管理局政府信息公开工作要求，完善目录。", []),
        (TAIXING, "市市监局认真落实政府信息公开要求。", []),
        (MILE, "市文旅局高度重视政务公开工作。", []),
        (MILE, "市文化和旅游局认真贯彻执行《条例》。", []),
        (MILE, "市财政局认真贯彻执行《条例》。", ["市财政局"]),
        (MILE, "弥勒市林业和草原局高度重视政务公开工作，明确专人。", ["弥勒市林业和草原局"]),
        (MILE, "局党政办公室认真做好政府信息公开日常工作。", []),
        (MILE, "市行政审批局高度重视政务公开工作，组织培训。", []),
        (MILE, "局办公室认真做好政府信息公开日常工作。", []),
        (MILE, "市政务公开办公室高度重视信息公开工作。", []),
        (MILE, "市财政局拨付公开专栏建设经费，市林业和草原局提供图片。", []),
        (Agency("h", "弥勒市卫生健康局"), "市卫健委认真落实政府信息公开要求。", []),
        (Agency("h", "弥勒市住房和城乡建设局"), "市住建局坚持政务公开常态化。", []),
        (Agency("h", "弥勒市发展和改革局"), "市发改局坚持政务公开常态化。", []),
        (Agency("g", "弥勒市人民政府"), "市财政局认真落实政府信息公开要求。", []),
        (Agency("g", "弥勒市人民政府办公室"), "市政府办公室认真落实政府信息公开要求。", []),
    ],
)
def test_another_office_that_acts_as_this_one_is_told(agency: Agency, sentence: str, names: list[str]) -> None:
    assert told(sentence, agency) == names


# The data ------------------------------------------------------------------------------------------------------------


def test_the_data_hold_the_divisions_of_the_mainland() -> None:
    places = all_places().places
    counts = [sum(place.level == level for place in places.values()) for level in (1, 2, 3)]
    assert counts[0] == 31
    assert 330 <= counts[1] <= 340
    assert 2800 <= counts[2] <= 2900
    assert all(len(code) == 6 and code.isdigit() for code in places)
    assert places["532504"].name == "弥勒市"
    assert places["150000"].stem == "内蒙古"
    assert places["532500"].stem == "红河"


def test_the_data_are_remade_from_the_package(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("places_tool", Path(__file__).parents[1] / "tools" / "places.py")
    assert spec is not None and spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    files = {
        "package.json": json.dumps({"version": "9.9.9"}),
        "dist/province.csv": "code,name,province\n530000,云南省,53\n810000,香港特别行政区,81\n",
        "dist/city.csv": "code,name,province,city\n532500,红河哈尼族彝族自治州,53,25\n"
        "429000,湖北省-省直辖县级行政区划,42,90\n",
        "dist/area.csv": "code,name,province,city,area\n532504,弥勒市,53,25,04\n110101,市辖区,11,01,01\n",
    }
    archive = tmp_path / "package.tgz"
    with tarfile.open(archive, "w:gz") as package:
        for name, text in files.items():
            data = text.encode()
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(data)
            package.addfile(entry, io.BytesIO(data))
    kept = [("530000", "云南省"), ("532500", "红河哈尼族彝族自治州"), ("532504", "弥勒市")]
    assert tool.places(archive) == ("9.9.9", kept)


@given(st.sampled_from(sorted(all_places().places)))
def test_no_agency_is_told_of_its_own_place_or_one_above_it(code: str) -> None:
    place = all_places().places[code]
    above = [all_places().places.get(code[: 2 * level].ljust(6, "0")) for level in (1, 2)]
    names = [one.name for one in (*above, place) if one is not None]
    sentence = "。".join(f"在{name}人民政府网站发布，{name}财政局负责" for name in names)
    assert told(sentence + "。", Agency("own", f"{place.name}财政局", region_code=code)) == []
