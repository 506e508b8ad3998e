"""What each kind of paper says, read back; and what it never says."""

import base64
import datetime as dt
import io
import re

import pytest
from django.test import override_settings
from docx.oxml.ns import qn
from wagtail import hooks

from intranet import clock
from intranet.pages.models import NoticePage
from intranet.pages.papers import rich_lines
from intranet.papers import drawing, services, yearly
from intranet.papers.exceptions import PaperError
from intranet.papers.models import Paper
from intranet.papers.registry import Material, Section, paper_kinds
from intranet.people.models import Leadership, Person
from intranet.people.papers import COLUMNS
from intranet.people.services import register
from tests.evaluations import hall as rounds_hall
from tests.papers.documents import cells, lines, opened, words
from tests.people.hall import make_crowd, make_hall, make_person

EVERY_COLUMN = tuple(column.field.name for column in COLUMNS)
# Invented, with a right check digit.
NUMBER = "11010519850317001X"
YEAR = {"first": dt.date(2026, 1, 1), "last": dt.date(2026, 12, 31)}


@pytest.fixture
def hall(db):
    return make_hall()


@pytest.mark.django_db
def test_the_staff_list_by_unit_with_the_columns_chosen(hall, personnel):
    make_person("欧阳秀兰", "0101", hall.tax, hall.tax_window, mobile="13800000001", sex="female")
    make_person("单于", "0102", hall.police, note="内部备注")
    make_person("未定", "0103")
    gone = make_person("已走", "0104", hall.tax)
    Person.objects.filter(pk=gone.pk).update(left_on=clock.today() - dt.timedelta(days=1))
    paper = opened(services.make(kind="people.staff_list", columns=("staff_number", "name", "window"), by=personnel))
    tables = {table[1][2]: table for table in map(cells, paper.tables)}
    assert all(table[0] == ["序号", "工号", "姓名", "窗口"] for table in tables.values())
    assert tables["欧阳秀兰"][1:] == [["1", "0101", "欧阳秀兰", "9号 税务登记"]]
    assert tables["单于"][1:] == [["1", "0102", "单于", ""]]
    # By unit in the order of the plan, those without a place last; inside by window and name.
    assert list(tables) == ["单于", "欧阳秀兰", "人事林"]
    assert [row[2] for row in tables["人事林"][1:]] == ["人事林", "未定"]
    assert lines(paper)[1].endswith("共4人。")
    assert "区税务局（1人）" in lines(paper)
    assert "未安排岗位（2人）" in lines(paper)


@pytest.mark.django_db
def test_the_list_of_one_unit(hall, personnel):
    make_person("甲", "0101", hall.tax)
    make_person("乙", "0102", hall.police)
    paper = services.make(kind="people.staff_list", about=hall.tax, columns=("name",), by=personnel)
    assert paper.title == "区税务局职工花名册"
    assert paper.about == f"people.unit:{hall.tax.pk}"
    assert [cells(table) for table in opened(paper).tables] == [[["序号", "姓名"], ["1", "甲"]]]


@pytest.mark.django_db
@override_settings(NATIONAL_IDS=True)
def test_no_staff_list_holds_an_identity_number_a_note_or_a_whole_birthday(hall, personnel):
    person = make_person("甲", "0101", hall.tax, note="内部备注", birthday=dt.date(1985, 3, 17))
    register.change_person(person=person, by=None, national_id=NUMBER)
    assert Person.objects.get(pk=person.pk).national_id_sealed
    made = opened(services.make(kind="people.staff_list", columns=EVERY_COLUMN, by=personnel))
    said = words(made)
    assert "1985.03" in said
    for secret in (NUMBER, NUMBER[-4:], "内部备注", "1985.03.17", "1985-03-17"):
        assert secret not in said


@pytest.mark.django_db
def test_a_thousand_people_in_a_list_cost_the_same_queries(hall, personnel, django_assert_max_num_queries):
    make_crowd(hall, 1000)
    with django_assert_max_num_queries(14):
        paper = opened(services.make(kind="people.staff_list", columns=EVERY_COLUMN, by=personnel))
    table = max(paper.tables, key=lambda one: len(one.rows))
    assert len(table.rows) == 1001
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


@pytest.mark.django_db
def test_a_notice_as_an_official_paper(editor):
    from intranet.pages.services import publish_notice

    page = publish_notice(
        title="关于开展“月度服务之星”评选的通知",
        text="各窗口要认真组织。\n\n特此通知。",
        document_number="禾工〔2026〕7号",
        issuing_unit="中心工会委员会",
        addressees="各窗口：",
        date=dt.date(2026, 11, 20),
        by=editor,
    )
    paper = services.make(kind="pages.notice", about=NoticePage.objects.get(pk=page.pk), by=editor)
    assert lines(opened(paper)) == [
        "禾工〔2026〕7号",
        "关于开展“月度服务之星”评选的通知",
        "各窗口：",
        "各窗口要认真组织。",
        "特此通知。",
        "中心工会委员会（盖章）",
        "2026年11月20日",
    ]


@pytest.mark.django_db
def test_a_notice_written_with_every_block_keeps_its_words(editor):
    from intranet.pages.services import publish_notice

    page = publish_notice(title="通知", text="x", issuing_unit="办公室", by=editor)
    blocks = [
        ("heading", "一、安排"),
        ("paragraph", "<p>第一段<br/>换行 &amp; 符号</p><ol><li>甲</li><li>乙</li></ol><ul><li><b>丙</b></li></ul>"),
        ("facts", [{"name": "时间", "text": "11月30日"}]),
        ("steps", [{"title": "报名", "text": "填表"}, {"title": "公示", "text": ""}]),
        ("motto", {"text": "便民", "source": "中心"}),
        ("contact", {"office": "办公室", "person": "林", "phone": "8800", "place": ""}),
    ]
    page.body = page.body.stream_block.to_python([{"type": kind, "value": value} for kind, value in blocks])
    page.save()
    found = lines(opened(services.make(kind="pages.notice", about=page, by=editor)))
    assert found[2:-2] == [
        "一、安排",
        "第一段",
        "换行 & 符号",
        "1．甲",
        "2．乙",
        "— 丙",
        "时间：11月30日",
        "1．报名。填表",
        "2．公示。",
        "便民（中心）",
        "办公室，联系人：林，电话：8800",
    ]


@pytest.mark.parametrize("source", ["", "  ", "只有字", "<p></p>", "<p>一</p>", "<div><p>一</p></div>", "<p>未关"])
def test_rich_text_of_any_shape_becomes_lines(source):
    found = [line["text"] for line in rich_lines(source)]
    assert found == ([re.sub(r"<[^>]+>", "", source).strip()] if re.sub(r"<[^>]+>", "", source).strip() else [])


@pytest.mark.django_db
def test_only_published_notices_can_be_made(editor):
    from intranet.pages.services import publish_notice

    page = publish_notice(title="通知", text="x", issuing_unit="办公室", by=editor)
    page.unpublish()
    assert not paper_kinds()["pages.notice"].subjects(editor).exists()


@pytest.fixture
def commended(db):
    """A round that was voted on, put on notice and commended in November 2026."""
    from evaluations.services import results

    hall = rounds_hall.make_hall()
    election = rounds_hall.voting_round(hall)
    keys = rounds_hall.keys_of(election)
    for user, choice in zip(hall.staff[:3], (keys[:2], keys[:2], keys[:1]), strict=True):
        rounds_hall.vote(election, user, *choice)
    election = rounds_hall.close(election)
    with clock.at(rounds_hall.ENDS):
        election = results.start_notice(election=election, by=hall.officer) or election
    election.refresh_from_db()
    return hall, election


@pytest.mark.django_db
def test_the_public_notice_names_winners_span_and_where_to_object(commended, settings):
    hall, election = commended
    paper = services.make(kind="evaluations.public_notice", about=election, by=hall.officer)
    document = opened(paper)
    winners = [[str(n), one.name, one.unit_name] for n, one in enumerate(election.winners(), 1)]
    assert cells(document.tables[0])[1:] == winners
    said = "".join(lines(document))
    assert settings.OBJECTIONS_PHONE in said
    assert f"{election.notice_last.month}月{election.notice_last.day}日（5个工作日）" in said
    losers = election.candidates.exclude(key__in=[one.key for one in election.winners()])
    assert losers
    assert not any(one.name in words(document) for one in losers)


@pytest.mark.django_db
def test_a_round_is_commended_in_a_paper_only_when_it_is(commended):
    from evaluations.services import rounds

    hall, election = commended
    subjects = paper_kinds()["evaluations.commendation"].subjects
    assert not subjects(hall.officer).exists()
    later = clock.start_of(election.notice_last + dt.timedelta(days=1), 9)
    rounds.advance(later)
    with clock.at(later):
        paper = services.make(kind="evaluations.commendation", about=subjects(hall.officer).get(), by=hall.officer)
    assert paper.title.startswith("关于2026年10月“服务之星")
    assert "予以通报表扬" in "".join(lines(opened(paper)))


@pytest.mark.django_db
def test_the_yearly_material_of_every_room(union, editor, commended):
    from evaluations.services import rounds
    from intranet.pages.services import confirm_read, publish_notice

    hall, election = commended
    day = election.notice_last + dt.timedelta(days=1)
    rounds.advance(clock.start_of(day, 9))
    came, went = (make_person(name, name, hall.unit, hall.window) for name in ("新来", "走了"))
    Person.objects.filter(pk=came.pk).update(entered_on=dt.date(2026, 3, 2))
    Person.objects.filter(pk=went.pk).update(left_on=dt.date(2026, 5, 5))
    Leadership.objects.create(kind="chief_representative", person=came, unit=hall.unit, starts_on=dt.date(2026, 3, 2))
    notice = publish_notice(
        title="网络安全通知", text="x", issuing_unit="办公室", by=editor, must_read=True, date=dt.date(2026, 6, 1)
    )
    confirm_read(notice=notice, by=union)
    with clock.at(clock.start_of(dt.date(2026, 12, 31), 10)):
        paper = services.make(kind="papers.material", by=union, **YEAR)
        people = Person.objects.current(dt.date(2026, 12, 31)).count()
        readers = Person.objects.current().filter(user__is_active=True).count()
    document = opened(paper)
    said = lines(document)
    assert paper.title == f"{paper_title()}2026年工作总结（素材）"
    assert [line for line in said if re.match(r"[一二三四五]、", line)] == [
        "一、队伍与窗口",
        "二、窗口开放",
        "三、信息发布",
        "四、评先评优",
    ]
    text = "".join(said)
    assert f"在岗工作人员{people}人" in text
    assert "新进驻1人，退出1人" in text
    assert "印发通知公告1件" in text
    assert "必读通知1件" in text
    tables = [cells(table) for table in document.tables]
    assert ["进驻部门", "1个", "1个部门明确了首席代表"] in tables[0]
    assert [
        ["必读通知", "阅知率", "说明"],
        ["网络安全通知", f"{100 / readers:.1f}%", f"1／{readers}人已读"],
    ] in tables
    winners = "、".join(sorted(one.name for one in election.winners()))
    honours = next(table for table in tables if table[0][0] == "通报时间")
    assert sorted(honours[1][2].split("、")) == sorted(winners.split("、"))
    assert "完成评选1次，3人次参加投票" in text


def paper_title():
    from django.conf import settings

    return settings.HALL_NAME


@pytest.mark.django_db
def test_the_material_says_nothing_of_ballots_care_reasons_or_leave(union, commended):
    hall, _election = commended
    with clock.at(clock.start_of(dt.date(2026, 12, 31), 10)):
        made = opened(services.make(kind="papers.material", by=union, **YEAR))
    said = words(made)
    for word in ("群众满意", "请假", "病", "得票", "票数", *(user.name for user in hall.staff)):
        assert word not in said


@pytest.mark.django_db
def test_a_period_under_way_says_until_when_and_one_to_come_is_refused(union):
    with clock.at(clock.start_of(dt.date(2026, 6, 30), 10)):
        said = lines(opened(services.make(kind="papers.material", by=union, **YEAR)))
        assert any("数据截至2026年6月30日" in line for line in said)
        with pytest.raises(PaperError):
            services.make(kind="papers.material", by=union, first=dt.date(2027, 1, 1), last=dt.date(2027, 12, 31))


def test_periods_in_words():
    day = dt.date
    for first, last, said in (
        (day(2026, 1, 1), day(2026, 12, 31), "2026年"),
        (day(2025, 1, 1), day(2026, 12, 31), "2025年至2026年"),
        (day(2026, 1, 1), day(2026, 6, 30), "2026年1月1日至6月30日"),
        (day(2025, 12, 1), day(2026, 2, 28), "2025年12月1日至2026年2月28日"),
    ):
        assert yearly.period_of(first, last) == said
    assert [yearly.numeral(n) for n in (1, 9, 10, 11, 20, 23)] == ["一", "九", "十", "十一", "二十", "二十三"]


@pytest.mark.django_db
def test_a_plug_in_adds_its_part_in_a_few_lines(union):
    part = Material("plants.material", lambda first, last: [Section("绿植", ["浇水52次。"])], order=1)
    with hooks.register_temporarily("register_paper", lambda: part):
        said = lines(opened(services.make(kind="papers.material", by=union, first=YEAR["first"], last=clock.today())))
    at = said.index("一、绿植")
    assert said[at + 1] == "浇水52次。"


@pytest.mark.django_db
def test_slips_come_as_a_page_and_as_a_word_file_of_the_same_codes(hall, personnel, client, uploads):
    for number in range(9):
        make_person(f"新人{number}", f"N{number}", hall.tax)
    client.force_login(personnel)
    page = client.post("/people/slips/", {"unit": "all"})
    printed = [drawn["slip"] for sheet in page.context["sheets"] for drawn in sheet]
    [href] = re.findall(
        r'href="data:application/vnd[^,]+;base64,([^"]+)" download="[^"]+\.docx"', page.content.decode()
    )
    document = opened(base64.b64decode(href))
    said = words(document)
    assert len(printed) == 9
    for slip in printed:
        assert said.count(slip.printed_code) == 1
        assert drawing.written_day(clock.day_of(slip.expires)) in said
        assert slip.name in said
    assert len(document.inline_shapes) == 9
    assert len(document.tables[0].rows) == 5
    assert "激活码：" not in document.tables[0].rows[4].cells[2].text
    # Kept nowhere: neither filed, nor on the disk.
    assert not Paper.objects.exists()
    assert not list(uploads.rglob("*"))
    assert page["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_the_pictures_of_both_forms_are_drawn_from_one_address(hall, personnel, client, monkeypatch):
    """Not read by a camera here: the printed page's pictures are, in the journeys."""
    from intranet.access import slip_pages

    for number in range(2):
        make_person(f"新人{number}", f"N{number}", hall.tax)
    asked, code_of = [], slip_pages.code_of
    monkeypatch.setattr(slip_pages, "code_of", lambda *given: asked.append(given) or code_of(*given))
    client.force_login(personnel)
    page = client.post("/people/slips/", {"unit": "all"})
    document = opened(base64.b64decode(re.search(r"base64,([^\"]+)\" download", page.content.decode())[1]))
    slips = [drawn["slip"] for sheet in page.context["sheets"] for drawn in sheet]
    assert asked == [(slip, "http://testserver/activate/") for slip in slips]
    assert slip_pages.link(*asked[0]) == f"http://testserver/activate/#{slips[0].username}/{slips[0].code}"
    shown = [shape._inline.graphic.graphicData.pic.blipFill.blip.embed for shape in document.inline_shapes]
    pictures = [document.part.related_parts[key].blob for key in shown]
    for shape in document.inline_shapes:
        assert [shape._inline.get(f"dist{side}") for side in "TBLR"] == ["0"] * 4
    for slip, picture in zip(slips, pictures, strict=True):
        held = io.BytesIO()
        code_of(slip, "http://testserver/activate/").save(held, kind="png", scale=4, border=2)
        assert picture == held.getvalue()


@pytest.mark.django_db
def test_slips_cannot_be_made_as_a_filed_paper_and_a_lost_template_does_not_lose_the_codes(hall, personnel, client):
    from intranet.papers.services.files import located
    from tests.papers.documents import written

    with pytest.raises(PaperError):
        services.make(kind="people.slips", by=personnel)
    own = services.bring_template(kind="people.slips", file_name="x.docx", data=written("{{ hall }}"), by=personnel)
    located(own.file).unlink()
    make_person("新人", "N1", hall.tax)
    client.force_login(personnel)
    page = client.post("/people/slips/", {"unit": "all"})
    assert page.status_code == 200
    assert len(page.context["sheets"]) == 1
    assert "data:application" not in page.content.decode()
