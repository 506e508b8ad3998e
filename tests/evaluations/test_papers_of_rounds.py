"""Every paper of a round, made and read back: what it says, when there is one, and whom it never names."""

import datetime as dt
import io
import zipfile

import pytest

from evaluations import archive, explanations
from evaluations.models import Election, Honour, Nomination, Objection, Veto
from evaluations.papers import CERTIFICATES, KINDS, OF_A_ROUND, ballots, recommendations, scores
from evaluations.services import filing, nominations, rounds
from intranet import clock
from intranet.access.exceptions import NotAllowed
from intranet.papers import drawing, services
from intranet.papers.models import Paper
from intranet.papers.registry import Asked
from intranet.papers.rights import offered
from intranet.papers.services import draw_unfiled
from intranet.people.models import Window
from tests.papers.documents import cells, lines, opened, words
from tests.people_of_the_hall import make_user

from . import hall as halls
from . import scans

pytestmark = pytest.mark.django_db
FOR_THE_WALL = ("public_notice", "notice_ended", "commendation", "prize_list", "minutes", "call")


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "uploads")


@pytest.fixture
def hall():
    return halls.make_hall()


def keys(about, user):
    return [kind.key.partition(".")[2] for kind in offered(about, user)]


def made(kind, about, by):
    return opened(services.make(kind=f"evaluations.{kind}", about=about, by=by))


def names_in_archive(election, by):
    """The names of its files, and last what its list of contents says."""
    held = io.BytesIO()
    archive.write(election=election, by=by, to=held)
    packed = zipfile.ZipFile(held)
    return [*packed.namelist(), packed.read("目录.txt").decode()]


def put(election, **fields):
    Election.objects.filter(pk=election.pk).update(**fields)
    election.refresh_from_db()
    return election


def assessed_without_a_ballot(hall):
    """Three stand, nobody voted; two components, a meeting that chose the second over the first."""
    parts = [
        {"key": "monthly", "kind": "scores", "label": "月度考核", "weight": "60"},
        {"key": "panel", "kind": "panel", "label": "评议", "weight": "40"},
    ]
    award = halls.make_award(hall, ballot_kind="none", meeting_decides=True, basis="《评选办法》", places=1)
    election = halls.opened(hall, award, voting_opens=None, voting_closes=None)
    with clock.at(halls.OPENS):
        for user in hall.staff[:3]:
            given = nominations.recommend(election=election, kind="self", reason="热心", by=user)
            nominations.approve(nomination=given, by=hall.officer)
    first, second, third = halls.keys_of(election)
    lines_of = {
        key: [
            {"component": "monthly", "value": value, "points": value, "weight": "60", "share": share},
            {"component": "panel", "value": "90.0000", "points": "90.0000", "weight": "40"},
        ]
        for key, value, share in ((first, "95.0000", "57.0000"), (second, "90.0000", "54.0000"), (third, "1", "0.6"))
    }
    return put(
        election,
        phase="decision",
        reviewed_at=halls.CLOSES,
        rules={**election.rules, "components": parts},
        inputs_hash="ab" * 32,
        result={
            "order": [first, second, third],
            "scores": {first: "93.0000", second: "90.0000", third: "36.6000"},
            "lines": lines_of,
            "winners": [first],
            "tied": [],
            "places": 1,
        },
    )


def test_each_phase_offers_its_papers_and_one_query_finds_them(hall, django_assert_num_queries):
    election = halls.opened(hall)
    assert keys(election, hall.officer) == ["call", "recommendation_form", "recommendations"]
    put(election, phase="voting", reviewed_at=halls.CLOSES)
    assert keys(election, hall.officer)[3:] == ["ballot_paper", "tally_sheet"]
    put(election, phase="published")
    with django_assert_num_queries(1):
        offered(election, hall.officer)
    assert {"notice_ended", "commendation", "prize_list"} <= set(keys(election, hall.officer))
    assert keys(election, hall.scrutineer) == ["tally_sheet"]
    assert keys(election, hall.staff[0]) == []
    assert len({kind.key for kind in KINDS}) == len(KINDS)


def test_from_the_opening_on_one_can_call_for_recommendations(hall):
    """Days before they are taken; a plan that is not open yet has no paper."""
    planned = halls.plan(hall)
    assert keys(planned, hall.officer) == []
    with clock.at(halls.BEFORE):
        rounds.open_round(election=planned, by=hall.officer)
    assert Election.objects.get(pk=planned.pk).phase == "preparation"
    assert keys(planned, hall.officer) == ["call", "recommendation_form"]


def test_a_round_without_a_ballot_has_no_ballot_paper(hall):
    election = assessed_without_a_ballot(hall)
    found = keys(election, hall.officer)
    assert {"score_table", "minutes"} <= set(found)
    assert not {"ballot_paper", "tally_sheet"} & set(found)


def test_every_paper_of_every_phase_is_drawn_and_none_for_the_wall_names_a_loser(hall):
    """Control: the papers for officers do name them."""
    named = set()
    for election in (halls.on_notice(hall), halls.commended(hall), assessed_without_a_ballot(hall)):
        election.refresh_from_db()
        losers = election.candidates.exclude(key__in=[one.key for one in election.winners()])
        # So few could vote that the tally is for the scrutineer alone.
        makers = [(kind, by) for by in (hall.officer, hall.scrutineer) for kind in offered(election, by)]
        for kind, by in makers:
            said = words(opened(services.make(kind=kind.key, about=election, by=by)))
            if any(one.name in said for one in losers):
                named.add(kind.key.partition(".")[2])
            assert "得票" not in said or kind.key == "evaluations.tally_sheet"
    assert losers
    assert not named & set(FOR_THE_WALL)
    assert {"recommendations", "tally_sheet", "score_table"} <= named


def test_the_call_says_who_until_when_and_how(hall):
    award = halls.make_award(hall, basis="《标兵评选办法》", no_repeat_rounds=2)
    said = "".join(lines(made("call", halls.opened(hall, award), hall.officer)))
    for part in (
        "《标兵评选办法》",
        "2026年11月4日17:30",
        "无记名投票",
        "近2期",
        "公示5个工作日",
        "附件：",
        "一、",
        "四、",
    ):
        assert part in said
    without = "".join(lines(made("call", assessed_without_a_ballot(hall), hall.officer)))
    assert "无记名投票" not in without
    assert "月度考核60%、评议40%" in without


def test_the_call_says_of_the_vote_and_of_vetoes_what_the_rules_have_and_nothing_else(hall):
    told = ("一票否决", "不少于", "权重", "纸质选票")
    election = halls.opened(hall)
    plain = "".join(lines(made("call", election, hall.officer)))
    assert not any(part in plain for part in told)
    box = {"label": "窗口人员", "electorate": "window_staff", "weight": "60", "order": 1}
    boxes = {"b": {**box, "label": "中心领导", "weight": "40", "order": 2}, "a": box}
    ruled = {"vetoes": ["verified_complaint", "overdue_case"], "least_return": "80", "least_share": "50"}
    put(election, rules={**election.rules, **ruled, "boxes": boxes, "paper_allowed": True, "share_base": "roll"})
    said = "".join(lines(made("call", election, hall.officer)))
    for part in (
        "有下列情形之一的，实行一票否决：投诉查实、办件超时。",
        "也可领取纸质选票投票",
        "投票分设票箱，按权重合并计算：窗口人员（权重60%）、中心领导（权重40%）",
        "收回选票须不少于名册人数的80%；入选者得票须不少于名册人数的50%。",
    ):
        assert part in said


def test_a_recommendation_as_a_form_and_all_in_one_table(hall):
    election = halls.opened(hall)
    with clock.at(halls.OPENS):
        given = nominations.recommend(election=election, kind="self", reason="连续三月零投诉", by=hall.staff[0])
    form = made("recommendation", given, hall.officer)
    rows = dict(cells(form.tables[0])[1:])
    assert (rows["姓名"], rows["所在单位"], rows["推荐理由"]) == (
        hall.staff[0].name,
        hall.unit.name,
        "连续三月零投诉",
    )
    blank = dict(cells(made("recommendation_form", election, hall.officer).tables[0])[1:])
    assert (blank["姓名"], blank["推荐理由"].strip()) == ("", "")
    [row] = cells(made("recommendations", election, hall.officer).tables[0])[1:]
    assert row == ["1", hall.staff[0].name, hall.unit.name, "自荐", "连续三月零投诉", "待审核"]
    Veto.objects.create(
        nomination=given, kind="complaint", evidence="投诉属实", by=hall.officer, created_at=halls.OPENS
    )
    document = made("recommendations", election, hall.officer)
    assert cells(document.tables[0])[1][5] == "一票否决"
    assert "投诉属实" not in words(document)


def test_every_way_of_being_recommended_has_its_word_in_the_summary(hall):
    election = halls.opened(hall)
    for number, kind in enumerate(Nomination.Kind.values):
        person, by = hall.person(number), hall.staff[number]
        about = {"person": person, "by": by, "state": "accepted", "created_at": halls.OPENS, "reason": "好"}
        Nomination.objects.create(election=election, kind=kind, **about)
    ways = [row[3] for row in cells(made("recommendations", election, hall.officer).tables[0])[1:]]
    by = [str(hall.staff[number]) for number in (0, 2)]
    assert ways == [f"单位推荐（{by[0]}）", "自荐", f"同事推荐（{by[1]}）", "历次荣誉"]
    of_honours = election.nominations.get(kind="honours")
    said = [row[1] for row in cells(made("recommendation", of_honours, hall.officer).tables[0])]
    assert "历次荣誉" in said


def test_who_never_answered_is_not_said_to_have_declined(hall):
    election = halls.opened(hall)
    with clock.at(halls.OPENS):
        silent, declined = (
            nominations.recommend(election=election, kind="colleague", person=one, reason="好", by=hall.staff[0])
            for one in (hall.person(1), hall.person(2))
        )
        nominations.decline(nomination=declined, by=hall.staff[2])
        for user in hall.staff[3:5]:
            given = nominations.recommend(election=election, kind="self", reason="好", by=user)
            nominations.approve(nomination=given, by=hall.officer)
    rounds.advance(halls.CLOSES)
    with clock.at(halls.CLOSES):
        rounds.finish_review(election=election, by=hall.officer)
        states = {row[1]: row[5] for row in cells(made("recommendations", election, hall.officer).tables[0])[1:]}
    assert states[hall.person(1).name] == "未答复"
    assert states[hall.person(2).name] == "本人不同意"
    assert silent not in election.nominations.standing()


def test_a_sealed_form_names_the_unit_and_not_the_officer_who_filed_it(hall):
    election = halls.opened(hall)
    named = {"unit": hall.unit, "person": hall.person(0), "reason": "好", "upload": scans.pdf()}
    with clock.at(halls.OPENS):
        filing.file_recommendation(election=election, by=hall.officer, **named)
    document = made("recommendations", election, hall.officer)
    assert cells(document.tables[0])[1][3] == f"单位推荐（{hall.unit.name}）"
    assert hall.officer.get_full_name() not in words(document)


def test_a_window_that_honours_recommend_stands_in_the_summary_with_its_units(hall, django_assert_max_num_queries):
    election = halls.opened(hall, halls.make_award(hall, subject="window"))
    windows = [
        hall.window,
        *(Window.objects.create(number=f"{hall.window.number}-{n}", name="综合") for n in range(4)),
    ]
    for window in windows:
        window.units.add(hall.unit)
        about = {"window": window, "by": hall.officer, "state": "accepted", "created_at": halls.OPENS}
        Nomination.objects.create(election=election, kind="honours", reason="三次", **about)
    with django_assert_max_num_queries(4):
        rows = recommendations.summary(Asked(about=election, by=hall.officer))["rows"]
    assert [row["unit"] for row in rows] == [hall.unit.name] * len(windows)


def test_who_stands_in_a_round_makes_no_paper_of_reasons_counts_or_scores(hall):
    election = halls.on_notice(hall)
    Nomination.objects.create(
        election=election,
        kind="self",
        person=hall.officer.person,
        by=hall.officer,
        reason="x",
        state="accepted",
        created_at=halls.OPENS,
    )
    found = keys(election, hall.officer)
    assert "public_notice" in found
    assert not {"recommendations", "tally_sheet", "score_table"} & set(found)
    with pytest.raises(NotAllowed):
        services.make(kind="evaluations.tally_sheet", about=election, by=hall.officer)
    with pytest.raises(NotAllowed):
        services.make(kind="evaluations.recommendation", about=election.nominations.first(), by=hall.officer)


@pytest.mark.parametrize(
    ("kind", "headings", "said"),
    [
        ("choose", ["序号", "姓名（窗口、集体）", "单位", "○"], "选1至2名"),
        ("approve", ["序号", "姓名（窗口、集体）", "单位", "○／×"], "同意画“○”，不同意画“×”"),
        ("grade", ["序号", "姓名（窗口、集体）", "单位", "满意", "基本满意", "不满意", "不了解"], "一栏内画“○”"),
    ],
)
def test_a_ballot_on_paper_tells_how_it_is_filled_in(hall, kind, headings, said):
    election = halls.voting_round(hall)
    put(election, rules={**election.rules, "ballot_kind": kind})
    document = made("ballot_paper", election, hall.officer)
    [table] = map(cells, document.tables)
    assert table[0] == headings
    assert [row[1] for row in table[1:]] == list(election.candidates.order_by("key").values_list("name", flat=True))
    assert {text for row in table[1:] for text in row[3:]} == {""}
    assert said in "".join(lines(document))


def test_each_box_has_its_ballot(hall):
    election = halls.voting_round(hall)
    box = {"label": "窗口", "electorate": "window_staff", "weight": "50", "order": 1}
    boxes = {"b": {**box, "label": "领导", "order": 2}, "a": box}
    put(election, rules={**election.rules, "boxes": boxes})
    document = made("ballot_paper", election, hall.officer)
    assert len(document.tables) == 2
    assert [line for line in lines(document) if line.startswith("票箱")] == ["票箱：窗口", "票箱：领导"]


def test_the_tally_sheet_is_blank_before_the_count_and_filled_in_after_it(hall):
    election = halls.voting_round(hall)
    blank = cells(made("tally_sheet", election, hall.scrutineer).tables[0])
    assert blank[0][-2:] == ["画“正”记票", "得票"]
    assert {row[-1] for row in blank[1:]} == {""}
    first, second, third = halls.keys_of(election)
    for user in hall.staff[:3]:
        halls.vote(election, user, first, second)
    halls.close(election)
    election.refresh_from_db()
    document = made("tally_sheet", election, hall.scrutineer)
    counted = {row[1]: row[-1] for row in cells(document.tables[0])[1:]}
    by_key = {one.key: one.name for one in election.candidates.all()}
    assert counted == {by_key[first]: "3", by_key[second]: "3", by_key[third]: "0"}
    assert "收回选票3张，其中有效3张、无效0张" in "".join(lines(document))


def test_a_blank_tally_sheet_has_a_page_for_each_box_that_is_read_by_hand(hall):
    """Counted, or without ballots on paper, it is one; see below why no box is told apart then."""
    election = halls.voting_round(hall)
    box = {"label": "窗口", "electorate": "window_staff", "weight": "50", "order": 1}
    boxes = {"b": {**box, "label": "领导", "order": 2}, "a": box}
    put(election, rules={**election.rules, "boxes": boxes, "paper_allowed": True})
    document = made("tally_sheet", election, hall.scrutineer)
    first, second = map(cells, document.tables)
    assert first == second
    assert len(first) == 1 + election.candidates.count()
    said = lines(document)
    assert [line for line in said if line.startswith("票箱")] == ["票箱：窗口", "票箱：领导"]
    assert sum("发出选票" in line for line in said) == 2
    assert sum(paragraph.paragraph_format.page_break_before is True for paragraph in document.paragraphs) == 1
    put(election, rules={**election.rules, "paper_allowed": False})
    assert len(made("tally_sheet", election, hall.scrutineer).tables) == 1


def test_marks_are_summed_over_boxes_and_a_box_of_few_is_never_told_apart(hall):
    election = halls.voting_round(hall)
    keys_of = halls.keys_of(election)
    marks = {
        box: {key: {"yes": number, "no": 1} for key in keys_of} for box, number in (("staff", 20), ("leaders", 3))
    }
    result = {"counts": dict.fromkeys(keys_of, 23), "marks": marks, "valid": 26, "void": 1, "ballots": 27, "roll": 30}
    put(election, rules={**election.rules, "ballot_kind": "approve"}, result=result, phase="sealed")
    put(election, rules={**election.rules, "paper_allowed": True, "boxes": {key: {"order": 1} for key in marks}})
    [table] = map(cells, made("tally_sheet", election, hall.scrutineer).tables)
    assert table[0][-3:] == ["同意", "不同意", "弃权"]
    assert {tuple(row[-3:]) for row in table[1:]} == {("23", "2", "1")}


def test_the_table_of_scores_explains_each_line(hall):
    election = assessed_without_a_ballot(hall)
    document = made("score_table", election, hall.officer)
    assert cells(document.tables[0])[1:] == [
        ["月度考核", "95.0000", "95.0000", "60", "57.0000"],
        ["评议", "90.0000", "90.0000", "40", "36.0000"],
    ]
    headings = [line for line in lines(document) if "合计" in line and "．" in line]
    assert headings[0].startswith("1．")
    assert headings[0].endswith("合计93.0000　★")
    assert len(document.tables) == 3
    assert "ab" * 32 in words(document)


def test_shares_and_totals_stand_with_as_many_decimals_and_none_is_rounded(hall):
    """A share is points of four decimals times a weight of two: six decimals at most, all of them said."""
    election = assessed_without_a_ballot(hall)
    first, second, third = halls.keys_of(election)
    lines_of = {
        **election.result["lines"],
        second: [
            {"component": "monthly", "value": "90.3572", "points": "90.3571", "weight": "28", "share": "25.299988"},
            {"component": "panel", "value": "90.0000", "points": "90.0000", "weight": "40"},
        ],
    }
    scores_of = {first: "93.0000", second: "61.299988", third: "36.6000"}
    put(election, result={**election.result, "lines": lines_of, "scores": scores_of}, inputs_frozen_at=halls.CLOSES)
    document = made("score_table", election, hall.officer)
    shares = [row[4] for table in document.tables for row in cells(table)[1:]]
    assert {len(share.partition(".")[2]) for share in shares} == {6}
    assert "25.299988" in shares
    assert "36.000000" in shares
    said = "".join(lines(document))
    assert "合计61.299988" in said
    assert "合计93.000000" in said
    assert "折算分四舍五入到四位小数；每项得分为折算分乘以权重，不再舍入；合计为各项得分之和。" in said
    assert f"输入数据于{drawing.written_day(clock.day_of(halls.CLOSES))}确定" in said
    assert explanations.totals(election) == {first: "93.000000", second: "61.299988", third: "36.600000"}


def test_the_minutes_are_a_draft_before_the_meeting_and_the_decision_after_it(hall):
    election = assessed_without_a_ballot(hall)
    draft = "".join(lines(made("minutes", election, hall.officer)))
    assert "建议授予" in draft
    _first, second, _third = halls.keys_of(election)
    meeting = {
        "held_on": "2026-11-16",
        "present": ["主任王", "书记李"],
        "recused": [],
        "minutes_number": "〔2026〕3号",
    }
    decision = {"kind": "meeting", "winners": [second], "reason": "突发事件处置得力", "meeting": meeting}
    put(election, decision=decision, phase="public_notice", notice_first=dt.date(2026, 11, 17))
    put(election, notice_last=dt.date(2026, 11, 23), notice_place="一楼")
    document = made("minutes", election, hall.officer)
    said = "".join(lines(document))
    for part in ("2026年11月16日", "主任王、书记李", "回避：无", "突发事件处置得力", "〔2026〕3号", "会议同意授予"):
        assert part in said
    assert [row[1] for row in cells(document.tables[0])[1:]] == [one.name for one in election.winners()]
    notice = "".join(lines(made("public_notice", election, hall.officer)))
    assert "经推荐、资格审核、综合评定和会议审定" in notice
    assert "投票" not in notice
    for part in ("评审会议于2026年11月16日召开（会议纪要〔2026〕3号）", "根据《评选办法》", "张贴地点：一楼"):
        assert part in notice


def test_how_a_notice_ended_tells_outcomes_and_nobody_who_objected(hall):
    election = halls.on_notice(hall)
    after = clock.start_of(election.notice_last + dt.timedelta(days=1), 9)
    with clock.at(after):
        document = made("notice_ended", election, hall.officer)
    assert "公示期满，公示无异议。" in "".join(lines(document))
    assert not document.tables
    Objection.objects.create(
        election=election,
        number=1,
        channel="letter",
        name="举报人赵",
        text="他迟到",
        received_on=election.notice_first,
        by=hall.officer,
        created_at=halls.ENDS,
        outcome="unfounded",
        answer="考勤无迟到记录",
    )
    with clock.at(after):
        document = made("notice_ended", election, hall.officer)
    day = drawing.written_day(election.notice_first)
    assert cells(document.tables[0])[1] == ["1", "来信", day, "经核实不影响评选结果", "考勤无迟到记录"]
    assert not any(secret in words(document) for secret in ("举报人赵", "他迟到"))


def test_nobody_says_before_the_notice_is_over_that_there_was_no_objection(hall, client):
    election = halls.on_notice(hall)
    client.force_login(hall.officer)

    def page():
        address = f"/awards/{election.slug}/manage/"
        return client.get(address, headers={"accept-language": "zh-hans"}).content.decode()

    with clock.at(clock.start_of(election.notice_last, 23)):
        assert "notice_ended" not in keys(election, hall.officer)
        assert "公示情况说明须待公示最后一日" in page()
        with pytest.raises(NotAllowed):
            services.make(kind="evaluations.notice_ended", about=election, by=hall.officer)
        *names, contents = names_in_archive(election, hall.officer)
        assert "公示情况说明" not in " ".join(names)
        assert "公示尚未期满，公示情况说明" in contents
    with clock.at(clock.start_of(election.notice_last + dt.timedelta(days=1))):
        assert "notice_ended" in keys(election, hall.officer)
        assert "须待公示" not in page()
        *names, contents = names_in_archive(election, hall.officer)
        assert "公示情况说明" in " ".join(names)
        assert "尚未期满" not in contents


def test_whenever_it_is_drawn_a_paper_has_the_day_it_belongs_to(hall):
    """Also in an archive drawn a year later, and with the year of that day in its number."""
    election = halls.commended(hall)
    days = {
        "call": election.opened_at,
        "public_notice": election.notice_first,
        "notice_ended": election.published_at,
        "commendation": election.published_at,
    }
    with clock.at(halls.ENDS + dt.timedelta(days=365)):
        for kind, day in days.items():
            said = lines(made(kind, election, hall.officer))
            assert drawing.written_day(clock.day_of(day) if isinstance(day, dt.datetime) else day) in said
            assert "〔2026〕" in said[0]
        opening = "".join(lines(made("recommendations", election, hall.officer)))
    assert f"截至{drawing.written_day(clock.day_of(election.reviewed_at))}" in opening


def test_the_notice_says_what_it_says_on_the_web_about_how_it_was_decided(hall):
    election = halls.on_notice(hall)
    plain = "".join(lines(made("public_notice", election, hall.officer)))
    assert not any(word in plain for word in ("抽签", "理由", "末位"))
    assert "（5个工作日）" in plain
    kept = {"reason": "名册内多人外出培训。", "by": "x", "on": "2026-11-09"}
    put(election, decision={**election.decision, "lot": {"seed": "x"}, "validity": kept})
    said = "".join(lines(made("public_notice", election, hall.officer)))
    assert "末位名额票数相同，在两名监票人见证下抽签确定。" in said
    assert "未达到有效性规则，结果予以保留，理由：名册内多人外出培训。" in said
    assert "。。" not in said
    put(election, decision={**election.decision, "kind": "tie", "reason": "连续两年零投诉", "lot": {}})
    said = "".join(lines(made("public_notice", election, hall.officer)))
    assert "末位名额票数相同，处理方式：连续两年零投诉。" in said


def test_a_notice_of_one_day_names_it_once(hall, client):
    election = halls.on_notice(hall, halls.make_award(hall, notice_workdays=1))
    day = drawing.written_day(election.notice_first)
    said = "".join(lines(made("public_notice", election, hall.officer)))
    assert f"公示期为{day}（1个工作日）。" in said
    client.force_login(hall.officer)
    page = client.get(f"/awards/{election.slug}/notice/", headers={"accept-language": "zh-hans"}).content.decode()
    assert f"公示期为 {day}（1个工作日）。" in page


def test_winners_sign_for_prizes_and_get_certificates(hall):
    election = halls.commended(hall)
    table = cells(made("prize_list", election, hall.officer).tables[0])
    assert [row[1] for row in table[1:]] == [one.name for one in election.winners()]
    honours = list(Honour.objects.filter(election=election).order_by("pk"))
    document = opened(draw_unfiled(kind=CERTIFICATES, asked=Asked(about=honours, by=hall.officer)))
    said = lines(document)
    assert said.count("荣 誉 证 书") == 2
    assert [line for line in said if line.endswith("同志：")] == [f"{one.name}　同志：" for one in honours]
    assert f"荣获2026年10月“{election.award.name}”称号。" in said
    assert "热情服务" not in "".join(said)


def test_the_words_of_an_award_stand_on_the_certificate_as_a_line_of_their_own(hall):
    """They are no sentence (服务先锋), so nothing is hung before or behind them."""
    election = halls.commended(hall, halls.make_award(hall, honour_text="热情服务、群众满意。"))
    honours = list(Honour.objects.filter(election=election))
    said = lines(opened(draw_unfiled(kind=CERTIFICATES, asked=Asked(about=honours, by=hall.officer))))
    assert said[:4] == [
        "荣 誉 证 书",
        "热情服务、群众满意",
        f"{honours[0].name}　同志：",
        f"荣获2026年10月“{election.award.name}”称号。",
    ]


def test_one_press_makes_a_paper_files_it_and_hands_it_over(hall, client):
    election = halls.opened(hall)
    client.force_login(hall.officer)
    page = client.get(f"/awards/{election.slug}/manage/").content.decode()
    assert "/papers/new/evaluations.call/take/" in page
    assert "/papers/new/evaluations.tally_sheet/take/" not in page
    answer = client.post("/papers/new/evaluations.call/take/", {"about": election.pk})
    paper = Paper.objects.get()
    assert paper.about == f"evaluations.election:{election.pk}"
    assert "有关事项通知如下" in "".join(lines(opened(answer.content)))
    for key, about in (("evaluations.tally_sheet", election.pk), ("evaluations.call", 0), ("papers.material", "")):
        assert client.post(f"/papers/new/{key}/take/", {"about": about}).status_code == 404
    assert client.get("/papers/new/evaluations.call/take/").status_code == 405
    client.force_login(hall.staff[0])
    assert client.post("/papers/new/evaluations.call/take/", {"about": election.pk}).status_code == 403
    assert Paper.objects.count() == 1


def test_the_default_template_of_every_kind_takes_its_own_example(hall):
    for kind in OF_A_ROUND:
        opened(drawing.draw(drawing.default_template(kind), kind, drawing.example(kind)))
    opened(drawing.draw(drawing.default_template(CERTIFICATES), CERTIFICATES, drawing.example(CERTIFICATES)))


def test_where_fewer_than_ten_could_vote_only_who_checks_reads_numbers(hall):
    election = halls.on_notice(hall)
    assert election.roll_size < 10
    told = {
        by: ballots.tally_sheet(Asked(about=election, by=by))["sheets"][0]["rows"]
        for by in (hall.officer, hall.scrutineer)
    }
    assert all("first" not in row for row in told[hall.officer])
    assert sorted(row["first"] for row in told[hall.scrutineer]) == [0, 3, 3]
    auditor = make_user(None, "auditor")
    tables = {by: scores.score_table(Asked(about=election, by=by))["candidates"] for by in (hall.officer, auditor)}
    assert all(row["lines"] == [] and row["heading"].rstrip("　★").endswith("合计") for row in tables[hall.officer])
    assert [row["lines"][0]["value"] for row in tables[auditor]] == ["3", "3", "0"]
