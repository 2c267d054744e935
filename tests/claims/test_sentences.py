"""Sentences as agencies write them, made up for these tests, and what each states of the tables.

A claim is written ``number cells [@year] [scope …]``: the likeliest cells, ``total`` and 件 left out, a group by its
name; ``~`` before an approximate number, ``?`` after a claim whose sentence leaves open of what it is.
"""

from __future__ import annotations

import re

import pytest

from gdgk.claims import Claim, Reading, read_claims
from gdgk.form import edition

GROUPS = {
    "denied": ("denied_state_secret", "denied_inquiry", 8),
    "unavailable": ("unavailable_not_held", "unavailable_unclear", 3),
    "not_processed": ("not_processed_petition", "not_processed_confirmation", 5),
    "otherwise": ("otherwise_not_corrected", "otherwise_other", 3),
}


def rows_named(rows: list[str]) -> list[str]:
    """Rows with those of a whole group under its name."""
    for group, (first, last, size) in GROUPS.items():
        if first in rows and rows[rows.index(first) :][size - 1 : size] == [last]:
            at = rows.index(first)
            rows = [*rows[:at], group, *rows[at + size :]]
    if rows[-2:] == ["litigation_direct", "litigation_after_reconsideration"]:
        rows = [*rows[:-2], "litigation"]
    return rows


def named(reading: Reading) -> str:
    """A reading as these tests write it."""
    rows = list(dict.fromkeys(key.row for key in reading))
    columns = list(dict.fromkeys(key.column for key in reading))
    column = "legal_entity" if columns[:2] == ["business", "research"] else "+".join(columns)
    return "+".join(rows_named(rows)) + ("" if column in ("total", "value") else f".{column}")


def said(claim: Claim) -> str:
    """A claim as these tests write it."""
    kind = "" if claim.kind == "count" else claim.kind
    number = "" if claim.kind in ("none", "clear") else f"{'' if claim.exact else '~'}{claim.number}"
    year = f"@{claim.year}" if claim.year else "@-1" if claim.years_back else ""
    parts = [kind, number, named(claim.readings[0]), year, *claim.scope, "" if claim.certain else "?"]
    return " ".join(part for part in parts if part)


def claims_in(text: str, form: str = "2021") -> list[str]:
    return [said(claim) for claim in read_claims(text, edition(form))]


SENTENCES: list[tuple[str, str]] = [
    ("依法注销、撤回行政许可12件。", ""),
    ("收到信息公开申请24件：网上18件、信函6件。", "24 new"),
    (
        "行政复议3件（其中维持2件、正在审理1件），行政诉讼2件（均在审理中）。",
        "3 reconsideration; 2 reconsideration.upheld; 1 reconsideration.pending; "
        "2 litigation; all 2 litigation.pending",
    ),
    (
        "行政复议、行政诉讼情况：共发生行政复议2件，行政诉讼0件，无败诉。",
        "2 reconsideration; 0 litigation; clear litigation.corrected",
    ),
    ("依申请公开情况：无。行政复议：0；行政诉讼：0。", "none new; 0 reconsideration; 0 litigation"),
    ("本年度没有行政复议和行政诉讼情况发生。", "none reconsideration; none litigation"),
    ("我街道未接收到任何公民的政府信息公开申请。", "none new"),
    ("其中公民申请9件，法人申请1件。", "9 new.natural_person; 1 new.legal_entity"),
    ("收到公开件25件，主动公开件30件，打造一个专栏、一部手机游。", "25 new"),
    ("收到申请一件，予以公开一件。", "1 new; 1 granted"),
    ("收到申请件数由2022年的15件增至2023年的21件。", "15 new @2022; 21 new @2023"),
    ("政府信息公开申请由上年的30件增加到42件。", "30 new @-1; 42 new"),
    ("收到省政府转办依申请公开2件。", "2 new ?"),
    (
        "未经复议直接起诉2件（结果维持1件、尚未审结1件）。",
        "2 litigation_direct; 1 litigation_direct.upheld; 1 litigation_direct.pending",
    ),
    ("行政诉讼败诉0件，行政复议被纠正0件。", "0 litigation.corrected; 0 reconsideration.corrected"),
    ("全年接听政策咨询电话600余次，受理各类咨询申请120件。", ""),
    ("共处理“我为政府网站找错”留言15条，办结率100%。", ""),
    (
        "我单位不属于规章制定主体，无规章、规范性文件制发情况。",
        "none regulations.issued; none normative_documents.issued",
    ),
    ("申请人主要为自然人（占比93%）。", ""),
    ("征地类申请8件，其中予以公开3件；部分公开1件。", "3 granted ?; 1 partly_granted"),
    ("收到申请42件（2022年为30件），办结40件。", "42 new; 40 outcomes_total"),
    ("不断提高服务质效收到政府信息公开申请12件。", "12 new"),
    ("收到政府信息公开申请42件，比上年多了12件。", "42 new; change 12 new"),
    ("接收到申请书54份，无因政府信息公开产生的行政复议。", "54 new; none reconsideration"),
    ("政府公报刊登文件20件，政府会议信息25条，其他29条。", ""),
    ("未印发行政规范性文件，全年未收到行政许可申请。", "none normative_documents.issued"),
    (
        "2023年，本机关共收到政府信息公开申请十二件，其中自然人申请十一件，法人或其他组织申请1件。",
        "12 new @2023; 11 new.natural_person @2023; 1 new.legal_entity @2023",
    ),
    (
        "全年新收政府信息公开申请45件，上年结转3件，共办结46件，结转下年度2件。",
        "45 new; 3 carried_over; 46 outcomes_total; 2 carried_forward",
    ),
    (
        "2022年收到申请30件，2023年收到申请42件，同比增长40%。",
        "30 new @2022; 42 new @2023; growth 40 new @2023",
    ),
    (
        "收到政府信息公开申请42件，较上年的30件增加12件，增长40%。",
        "42 new; 30 new @-1; change 12 new; growth 40 new",
    ),
    (
        "我局全年受理依申请公开事项１２件，全部按时办结。",
        "12 new",
    ),
    (
        "依申请公开方面，2023年共收到申请1，234件，按期答复1,200件，答复率100%。",
        "1234 new @2023; 1200 outcomes_total @2023 loose",
    ),
    (
        "上半年收到政府信息公开申请15件，全年共收到36件。",
        "36 new",
    ),
    (
        "其中，通过当面申请2件、邮寄申请5件、网络申请8件。",
        "",
    ),
    (
        "本年度未收到政府信息公开申请，未发生因政府信息公开引起的行政复议和行政诉讼。",
        "none new; none reconsideration; none litigation",
    ),
    (
        "无政府信息公开申请，无行政复议、行政诉讼案件。",
        "none new; none reconsideration; none litigation",
    ),
    (
        "全年没有因政府信息公开申请答复引发的行政复议、行政诉讼。",
        "none reconsideration; none litigation",
    ),
    (
        "未出现逾期未答复的政府信息公开申请。",
        "",
    ),
    (
        "2023年，我镇未收到公民、法人或其他组织提出的政府信息公开申请。",
        "none new @2023",
    ),
    (
        "行政复议和行政诉讼均为0件。",
        "0 reconsideration; 0 litigation",
    ),
    (
        "因政府信息公开被申请行政复议2件、被提起行政诉讼1件，均维持原行政行为。",
        "2 reconsideration; 1 litigation; all 2 reconsideration.upheld; all 1 litigation.upheld",
    ),
    (
        "行政复议3件，其中维持2件，纠正1件；行政诉讼1件，正在审理中。",
        "3 reconsideration; 2 reconsideration.upheld; 1 reconsideration.corrected; 1 litigation",
    ),
    (
        "共发生行政诉讼4件，其中未经复议直接起诉3件，复议后起诉1件，均尚未审结。",
        "4 litigation; 3 litigation_direct; 1 litigation_after_reconsideration; all 3 "
        "litigation_direct.pending; all 1 litigation_after_reconsideration.pending",
    ),
    (
        "依申请公开工作中，予以公开、部分公开、不予公开分别为12件、3件、2件。",
        "12 granted; 3 partly_granted; 2 denied",
    ),
    (
        "12345热线受理群众诉求1200件，办结1198件，满意率98%。",
        "",
    ),
    (
        "办理人大代表建议和政协提案139件，办复率100%。",
        "",
    ),
    (
        "全年组织政务公开培训3次，培训人员120人次。",
        "",
    ),
    (
        "认真落实《2023年政务公开工作要点》和国办公开办函〔2021〕30号文件要求，联系电话0873-6220935，邮编652399。",
        "",
    ),
    (
        "力争2024年依申请公开办结率达100%，收到申请20件以内。",
        "",
    ),
    (
        "截至2023年12月31日，累计收到政府信息公开申请89件。",
        "89 new @2023 cumulative",
    ),
    (
        "自《条例》实施以来，累计受理申请500余件。",
        "",
    ),
    (
        "市本级收到政府信息公开申请30件，各县区收到120件。",
        "30 new own_level; 120 new lower_level",
    ),
    (
        "全区各部门共收到申请150件，区政府本级12件。",
        "150 new whole_area",
    ),
    (
        "制定规章1件，行政规范性文件6件，废止2件，现行有效31件。",
        "1 regulations.issued; 6 normative_documents.issued; 2 normative_documents.repealed; 31 "
        "normative_documents.in_force",
    ),
    (
        "作出行政许可决定1.2万件，行政处罚决定356件，行政强制措施12件，行政事业性收费8.83万元。",
        "12000 licensing.decisions; 356 penalties.decisions; 12 coercion.decisions; 88300 fees.amount",
    ),
    (
        "全年收取行政事业性收费88300元。",
        "88300 fees.amount",
    ),
    (
        "公开行政许可信息90条、行政处罚信息7条。",
        "",
    ),
    (
        "共受理行政许可申请230件，办结228件。",
        "",
    ),
    (
        "收到政府信息公开申请26件，予以公开8件，占30.8%；部分公开3件，占比11.5%；不予公开5件（占19.2%），"
        "其中属于国家秘密1件，内部事务信息2件，过程性信息2件；无法提供7件，占26.9%；不予处理2件；"
        "其他处理1件。",
        "26 new; 8 granted; share 30.8 granted; 3 partly_granted; share 11.5 partly_granted; 5 denied; "
        "share 19.2 denied; 1 denied_state_secret; 2 denied_internal; 2 denied_deliberative; 7 "
        "unavailable; share 26.9 unavailable; 2 not_processed; 1 otherwise",
    ),
    (
        "在26件申请中，自然人24件，占92.3%，商业企业2件。",
        "24 new.natural_person; share 92.3 new.natural_person; 2 new.business",
    ),
    (
        "按时答复率100%，公众满意率98%。",
        "",
    ),
    (
        "申请内容主要涉及征地拆迁8件、教育2件、社会保障3件。",
        "",
    ),
    (
        "全部答复中，属于信访举报投诉类申请4件，重复申请2件，要求提供公开出版物1件。",
        "4 not_processed_petition; 2 not_processed_repeat; 1 not_processed_publication",
    ),
    (
        "没有现成信息需要另行制作2件，补正后申请内容仍不明确1件，本机关不掌握相关政府信息9件。",
        "2 unavailable_not_compiled; 1 unavailable_unclear; 9 unavailable_not_held",
    ),
    (
        "申请人无正当理由逾期不补正3件，其他1件。",
        "3 otherwise_not_corrected; 1 otherwise",
    ),
    (
        "政府网站公开信息1280条，微信公众号发布信息453条，微博125条，共计1858条。",
        "",
    ),
    (
        "与2022年相比，申请量下降15.2%。",
        "growth -15.2 new",
    ),
    (
        "收到政府信息公开申请7宗，同比减少12.5%。",
        "7 new; growth -12.5 new",
    ),
    (
        "收到申请5件，与上年持平。",
        "5 new; change 0 new",
    ),
    (
        "零申请、零复议、零诉讼。",
        "none new; none reconsideration; none litigation",
    ),
    (
        "行政复议0件，行政诉讼零件。",
        "0 reconsideration",
    ),
    (
        "年内新增政府信息公开申请28件，其中3件结转至2024年办理。",
        "28 new; 3 carried_forward",
    ),
    (
        "2022年结转申请3件，本年收到176件，共办结177件。",
        "3 carried_over; 176 new; 177 outcomes_total",
    ),
    (
        "政府信息公开申请收到12件、办结11件。",
        "12 new; 11 outcomes_total",
    ),
    (
        "本机关受理并答复政府信息公开申请26件。",
        "26 new+carried_over",
    ),
    (
        "收到3件依申请公开件，均予以公开。",
        "3 new; all 3 granted",
    ),
    (
        "政府信息公开类行政复议案件5起，行政诉讼案件2起，无一败诉。",
        "5 reconsideration; 2 litigation; clear litigation.corrected",
    ),
    (
        "全年无被纠错案件，行政诉讼胜诉率100%。",
        "clear reconsideration+litigation.corrected",
    ),
    (
        "共收到政府信息公开申请（含依申请公开系统转办）19件。",
        "19 new",
    ),
    (
        "我局不存在因政府信息公开被申请行政复议、提起行政诉讼的情况。",
        "none reconsideration; none litigation",
    ),
    (
        "2023年度我办政府信息公开申请数为0。",
        "0 new @2023",
    ),
    (
        "收到信息公开申请：8件；办结：8件。",
        "8 new; 8 outcomes_total",
    ),
    (
        "主动公开政府信息18万余条，阅读量519万次。",
        "",
    ),
    (
        "办理一件事一次办事项3件，第三方评估1次，共6个部分。",
        "",
    ),
    (
        "无结转下年度继续办理的申请。",
        "none carried_forward",
    ),
    (
        "未收取政府信息公开信息处理费。",
        "",
    ),
    (
        "共收到信息公开申请8件，其中信函申请5件，网络申请3件；自然人7件，法人1件。",
        "8 new; 7 new.natural_person; 1 new.legal_entity",
    ),
    (
        "收到政府信息公开申请约100件，办结90余件。",
        "~100 new; ~90 outcomes_total",
    ),
    (
        "被申请行政复议案件12件，其中维持8件、撤销1件、撤诉2件、未审结1件。",
        "12 reconsideration; 8 reconsideration.upheld; 1 reconsideration.corrected; 1 reconsideration.pending",
    ),
    (
        "全市行政机关备案政府信息公开行政复议案件20件，行政诉讼案件9件。",
        "20 reconsideration whole_area filed; 9 litigation whole_area filed",
    ),
    (
        "共办理政府信息公开申请48件（含上年结转2件），其中：予以公开20件，部分公开5件，不予公开6件，"
        "无法提供10件，不予处理4件，其他处理3件。",
        "48 new+carried_over; 2 carried_over; 20 granted; 5 partly_granted; 6 denied; 10 unavailable; 4 "
        "not_processed; 3 otherwise",
    ),
    (
        "全年新收申请45件，加上上年结转申请3件，共48件，已办结46件，剩余2件结转下一年度继续办理。",
        "45 new; 3 carried_over; 46 outcomes_total; 2 carried_forward",
    ),
    (
        "我单位2023年未接到政府信息公开申请。",
        "none new @2023",
    ),
    (
        "2023年度，无依申请公开情况。",
        "none new @2023",
    ),
    (
        "未被申请行政复议，未被提起行政诉讼。",
        "none reconsideration; none litigation",
    ),
    (
        "2023年没有公民申请公开政府信息，也没有因信息公开引发的行政复议和诉讼。",
        "none new @2023; none reconsideration @2023; none litigation @2023",
    ),
    (
        "涉及政府信息公开的行政复议案件4件，其中维持3件、驳回1件。",
        "4 reconsideration; 3 reconsideration.upheld",
    ),
    (
        "行政复议案件2件，已审结2件，均维持；行政诉讼案件1件，尚未审结。",
        "2 reconsideration; all 2 reconsideration.upheld; 1 litigation",
    ),
    (
        "共收到17件依申请公开请求，2022年结转申请4件，共办结19件，结转2024年度继续办理2件。",
        "17 new; 4 carried_over; 19 outcomes_total; 2 carried_forward",
    ),
    (
        "收到5份政府信息公开申请，均为自然人申请。其中，属于四类过程性信息1件，"
        "我局不掌握相关政府信息3件，其他1件（申请人撤回）。无下年度结转。",
        "5 new; 1 denied_deliberative; 3 unavailable_not_held; 1 otherwise; none carried_forward",
    ),
    (
        "申请量同比增长25%，其中予以公开或部分公开9件、占45%。",
        "growth 25 new; 9 granted+partly_granted; share 45 granted+partly_granted",
    ),
    (
        "一年来，信息公开申请总量为52件，其中自然人提出申请50件、法人提出申请2件。",
        "52 new; 50 new.natural_person; 2 new.legal_entity",
    ),
    (
        "与去年相比，申请数量增加了8件，增幅25%。",
        "change 8 new; growth 25 new",
    ),
    (
        "全年依法办结政府信息公开申请30件（其中网络申请12件、信函申请18件），按时办结率100%。",
        "30 outcomes_total",
    ),
    (
        "累计办理行政处罚案件356件、行政许可事项1250件。",
        "356 penalties.decisions cumulative; 1250 licensing.decisions cumulative",
    ),
    (
        "本年度行政许可处理决定数量为205件，行政处罚处理决定数量为12件，行政强制处理决定0件。",
        "205 licensing.decisions; 12 penalties.decisions; 0 coercion.decisions",
    ),
    (
        "行政事业性收费金额为0万元。",
        "0 fees.amount",
    ),
    (
        "全局现行有效规范性文件12件，当年制发2件，废止3件。",
        "12 normative_documents.in_force; 2 normative_documents.issued; 3 normative_documents.repealed",
    ),
    (
        "受理政府信息公开申请15件（自然人13件，法人和其他组织2件）。",
        "15 new; 13 new.natural_person; 2 new.legal_entity",
    ),
    (
        "我局收到信息公开类行政复议3件，均已审结，被纠错0件。",
        "3 reconsideration; clear reconsideration.pending; 0 reconsideration.corrected",
    ),
    (
        "答复结果为：予以公开12件，占40%；无法提供18件，占60%。",
        "12 granted; share 40 granted; 18 unavailable; share 60 unavailable",
    ),
    (
        "接收政府信息公开申请共计23件，比上年减少5件，下降17.9%。",
        "23 new; change -5 new; growth -17.9 new",
    ),
    (
        "全区共受理依申请公开127件，其中区本级35件、街道92件。",
        "127 new whole_area",
    ),
    (
        "通过政府网站依申请公开系统收到申请6件。",
        "6 new channels",
    ),
    (
        "没有发生一起因政府信息公开引起的复议、诉讼案件。",
        "none reconsideration; none litigation",
    ),
    (
        "未发生行政复议被纠正和行政诉讼败诉的情况。",
        "clear reconsideration.corrected; clear litigation.corrected",
    ),
    (
        "政府信息公开行政复议被纠错率为0，行政诉讼败诉率为0。",
        "",
    ),
    (
        "依申请公开工单112件，新收108件、结转4件。",
        "112 new; 108 new; 4 carried_over ?",
    ),
    (
        "转办依申请公开件3件，退回1件。",
        "3 new ?",
    ),
    (
        "召开新闻发布会12场，发布政策解读21篇，回应公众关切3次。",
        "",
    ),
    (
        "清理规范性文件35件，废止3件。",
        "35 normative_documents.issued loose ?; 3 normative_documents.repealed",
    ),
    (
        "减免行政事业性收费12万元，取消收费项目3项。",
        "120000 fees.amount ?",
    ),
    (
        "不存在依申请公开办理不规范的情况，申请办理无差错。",
        "",
    ),
    (
        "全年无逾期未答复申请，没有发生政府信息公开泄密事件。",
        "",
    ),
    (
        "未收到与政府信息公开有关的投诉举报。",
        "",
    ),
    (
        "受理低保申请30件，公租房申请12件，办结40件。",
        "",
    ),
    (
        "行政复议12件（维持8件，纠正2件，其他1件，未审结1件）。",
        "12 reconsideration; 8 reconsideration.upheld; 2 reconsideration.corrected; 1 "
        "reconsideration.other_result; 1 reconsideration.pending",
    ),
    (
        "7月至12月收到申请6件，第三季度收到4件。",
        "",
    ),
    (
        "收到申请10件，予以公开5件（50%）、部分公开2件（20%）。",
        "10 new; 5 granted; share 50 granted; 2 partly_granted; share 20 partly_granted",
    ),
    (
        "全年共受理政府信息公开申请二十三件、办结二十一件。",
        "23 new; 21 outcomes_total",
    ),
    (
        "我局政府信息公开申请受理量较2022年的18件增长50%，达到27件。",
        "18 new @2022; growth 50 new",
    ),
    (
        "行政許可決定12件，規範性檔案3件，收到政府資訊公開申請5件。",
        "12 licensing.decisions; 3 normative_documents.issued loose; 5 new",
    ),
    (
        "行政复议、行政诉讼各1件。",
        "1 reconsideration; 1 litigation",
    ),
    (
        "悬挂横幅6条，政府信箱收到信件3件，均已办结。",
        "",
    ),
    (
        "因政府信息不存在等原因无法提供7件，属于重复申请等不予处理2件。",
        "7 unavailable; 2 not_processed",
    ),
]


@pytest.mark.parametrize(("text", "expected"), SENTENCES)
def test_a_sentence_states_what_it_states_and_nothing_else(text: str, expected: str) -> None:
    assert "; ".join(claims_in(text)) == expected


def test_there_are_many_sentences_of_many_kinds() -> None:
    assert len(SENTENCES) >= 80
    assert sum(not expected for _, expected in SENTENCES) >= 20


@pytest.mark.parametrize(("text", "expected"), SENTENCES)
def test_spaces_line_breaks_and_width_change_nothing(text: str, expected: str) -> None:
    wide = text.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    spaced = re.sub(r"(?<=[\u4e00-\u9fff])(?=\d)|(?<=\d)(?=[\u4e00-\u9fff])", " ", text)
    broken = re.sub(r"^([^。！？]{7,9}[\u4e00-\u9fff])(?=[\u4e00-\u9fff])", "\\1\n\n", text)
    for other in (wide, spaced, broken):
        assert "; ".join(claims_in(other)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "市政府主动公开规章3件，规范性文件5件。",
            "3 regulations.newly_made published; 5 normative_documents.newly_made published",
        ),
        ("其他处理2件，不予公开1件。", "2 otherwise_handled; 1 denied"),
        ("政府集中采购金额25.1万元。", "251000 procurement.amount"),
    ],
)
def test_the_form_of_2019_has_cells_of_its_own(text: str, expected: str) -> None:
    assert "; ".join(claims_in(text, "2019")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "全年受理信息公开申请10件，其中当面申请1件，网络申请7件，信函申请2件。",
            "10 received; 1 received_in_person; 7 received_online; 2 received_by_letter",
        ),
        (
            "收到申请20件，答复20件，其中同意公开9件，同意部分公开1件，不同意公开4件，申请信息不存在6件。",
            "20 received; 20 completed; 9 replied_granted; 1 replied_partly_granted; 4 replied_refused; 6 "
            "replied_not_existing",
        ),
        ("信息公开申请按时办结18件，延期办结2件。", "18 completed_on_time; 2 completed_after_extension"),
        (
            "行政复议3件，其中维持2件，被依法纠错1件；行政诉讼0件。",
            "3 reconsideration; 2 reconsideration_upheld; 1 reconsideration_corrected; 0 litigation",
        ),
        (
            "主动公开政府信息1200条，其中政府网站公开信息800条。",
            "1200 disclosed; 800 channel_website",
        ),
        ("制发规范性文件15件，主动公开规范性文件12件。", "15 normative_issued; 12 disclosed_normative"),
    ],
)
def test_the_statistics_of_2014_to_2018_are_read_where_plain(text: str, expected: str) -> None:
    assert "; ".join(claims_in(text, "2014")) == expected


def test_what_a_paragraph_speaks_of_comes_from_its_heading() -> None:
    text = (
        "### （二）依申请公开情况\n\n全年共收到12件，办结11件，结转下年1件。\n\n"
        "### （三）热线办理情况\n\n群众热线收到90件，办结88件。"
    )
    assert claims_in(text) == ["12 new", "11 outcomes_total", "1 carried_forward"]


def test_a_result_without_a_word_of_the_dispute_may_be_of_either() -> None:
    (claim,) = read_claims("结果维持6件。", edition("2021"))
    assert not claim.certain
    assert [named(reading) for reading in claim.readings] == [
        "reconsideration.upheld",
        "litigation.upheld",
        "reconsideration+litigation.upheld",
    ]


def test_received_may_include_what_was_carried_over() -> None:
    (claim,) = read_claims("收到政府信息公开申请12件。", edition("2021"))
    assert [named(reading) for reading in claim.readings] == ["new", "new+carried_over"]
