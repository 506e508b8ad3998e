"""A vote on screen and on paper: ballots handed out and marked, counted by two who differ twice before they agree,
closed, sealed and signed in two; and a result in which the paper lies with the rest.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from . import small_hall, taking
from .days import PHONE, Days, follow, press

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("paper-journey")]

DAYS = {"hand out": "2026-11-05T10:00:00+08:00", "count": "2026-11-06T17:35:00+08:00"}
SLUG = "service-star-2026-10"
BOX = "大厅全体人员"
FIRST, SECOND = "SC01", "SC02"
HANDED = {"QQ102": "仇海涛", "QQ104": "区月华", "QQ202": "解文博", "QQ204": "翟一鸣"}
# Three of four came back: two names, one name, and one that nobody can read.
RETURNED, ON_SCREEN, VOID = 3, 1, 1
READ = (("曾小芸", "单国强"), ("单国强",))
VOTES = {"曾小芸": 2, "单国强": 2, "查婷": 0}
# The box's row of the balance once the box is opened.
HEADINGS = ("名册人数", "网上发出", "纸质发出", "纸质收回", "箱内选票", "有效票", "废票", "票数核对")
BALANCED = ("15", "1", "4", "3", "4", "3", "1", "相符")


@pytest.fixture
def days(halls, start_hall, chromium) -> Days:
    hall = small_hall.built(halls, "star_with_paper")
    return Days(start_hall, chromium, DAYS, small_hall.PASSWORD, hall)


def test_paper_counted_by_two_lies_with_the_rest(days: Days, tmp_path: Path) -> None:
    days.morning("hand out")
    vote_on_screen(days)
    hand_out(days)
    paper_holder_is_told(days)

    days.morning("count")
    first, second = days.page_for(FIRST), days.page_for(SECOND)
    wait_for_the_count(days, first)
    count_until_alike(days, first, second)
    close_and_seal(days, first, second)
    opened(days, first)
    sign(first, second)
    start_notice(days)
    record_holds(days, first, tmp_path)
    assert not days.problems, "\n".join(days.problems)


def scrutiny(days: Days, page: Any) -> None:
    days.go(page, f"/awards/{SLUG}/scrutiny/")


def said(page: Any) -> str:
    """What the page answers to what was just done."""
    return " ".join(page.locator("main .note, main [role=status], main [role=alert]").all_inner_texts())


def vote_on_screen(days: Days) -> None:
    page = days.page_for("QQ101", PHONE)
    days.go(page, f"/awards/{SLUG}/vote/")
    page.locator("#ballot label", has_text="曾小芸").click()
    page.locator(".ballot-send").click()
    page.wait_for_url("**/receipt/")
    page.context.close()


def hand_out(days: Days) -> None:
    """Found by number, asked once more, marked; whoever has voted on screen gets none, and nobody gets two."""
    page = days.page_for(FIRST)
    scrutiny(days, page)
    days.look(page, "scrutiny-open")
    follow(page, page.locator("main a[href$='/paper/']"))
    for number, name in HANDED.items():
        find(page, number)
        follow(page, page.get_by_role("link", name="发放"))
        assert name in page.inner_text("main form.form-actions >> xpath=..")
        if number == "QQ102":
            days.look(page, "hand-out")
        press(page, "form.form-actions")
        find(page, number)
        assert "已发放" in page.inner_text("main tbody")
        assert page.get_by_role("link", name="发放").count() == 0
    find(page, "QQ101")
    follow(page, page.get_by_role("link", name="发放"))
    press(page, "form.form-actions")
    assert "此人的选票已收到，不能再发放纸质选票。" in said(page)
    listed = page.inner_text("main tbody")
    assert all(name in listed for name in HANDED.values())
    # Whoever votes on screen stands in no list.
    assert "曾小芸" not in listed
    days.look(page, "handed-out")
    page.context.close()


def find(page: Any, number: str) -> None:
    page.fill("input[name=q]", number)
    press(page, "form[role=search]")


def paper_holder_is_told(days: Days) -> None:
    page = days.page_for("QQ102", PHONE)
    days.go(page, f"/awards/{SLUG}/vote/")
    assert "您已领取纸质选票" in page.inner_text("h1")
    assert page.locator("#ballot").count() == 0
    days.look(page, "holds-paper")
    page.context.close()


def wait_for_the_count(days: Days, page: Any) -> None:
    """Voting is over, and nothing is sealed before the paper is counted and two have confirmed."""
    scrutiny(days, page)
    days.look(page, "scrutiny-closed")
    text = page.inner_text("main")
    assert f"票箱“{BOX}”的纸质选票须由两位监票人分别清点。" in text
    assert "还需 2 位监票人确认" in text
    assert page.locator("form[action$='/attest/close/']").count() == 0


def count_until_alike(days: Days, first: Any, second: Any) -> None:
    enter(days, first, RETURNED + 1, READ)
    assert "收回 4 张，录入的选票却是 3 张，请更正其中一项。" in said(first)
    days.refused(422)
    days.look(first, "count-refused")
    first.fill("#returned", str(RETURNED))
    press(first, "form.paper-count")
    assert f"您对“{BOX}”的清点结果已保存，请另一位监票人清点。" in said(first)
    # The other sees nothing of it, and has overlooked the torn one.
    days.go(second, f"/awards/{SLUG}/scrutiny/")
    assert "查婷" not in second.inner_text("main")
    enter(days, second, RETURNED - VOID, READ, void=0, blank=True)
    assert f"“{BOX}”两次清点的收回张数不一致，请双方重新清点。" in said(second)
    days.look(second, "counts-differ")
    # As many now, but one name read wrongly: two candidates have another number.
    enter(days, second, RETURNED, (READ[0], ("查婷",)))
    assert f"“{BOX}”两次清点有 2 名候选对象的票数不一致。选票未入箱，请双方重新清点。" in said(second)
    enter(days, second, RETURNED, READ)
    assert f"两次清点结果一致，“{BOX}”的纸质选票已入箱。" in said(second)
    # What was counted alike cannot be counted again.
    days.go(first, f"/awards/{SLUG}/paper/staff/")
    assert first.url.endswith("/scrutiny/")
    assert "已清点" in said(first)


def enter(
    days: Days,
    page: Any,
    returned: int,
    ballots: tuple[tuple[str, ...], ...],
    *,
    void: int = VOID,
    blank: bool = False,
) -> None:
    """Fill the sheet in anew: a line for equal ballots, one ballot each."""
    scrutiny(days, page)
    follow(page, page.locator("main a[href*='/paper/staff/']"))
    days.look(page, "count")
    if blank:
        assert not page.locator(".paper-count input:checked").count()
    page.fill("#returned", str(returned))
    for number, names in enumerate(ballots, 1):
        page.fill(f"[name=count-{number}]", "1")
        for name in VOTES:
            box = page.locator(f"[name=mark-{number}]").and_(page.get_by_label(name))
            box.set_checked(name in names)
    page.fill("#void", str(void) if void else "")
    press(page, "form.paper-count")


def close_and_seal(days: Days, first: Any, second: Any) -> None:
    """Each sees the balance and confirms; the second confirmation lets the clock seal."""
    scrutiny(days, first)
    assert row_of(first) == dict(zip((*HEADINGS[:5], HEADINGS[-1]), (*BALANCED[:5], BALANCED[-1]), strict=True))
    press(first, "form[action$='/attest/close/']")
    assert "已确认，还须另一位监票人确认。" in said(first)
    assert first.locator("form[action$='/attest/close/']").count() == 0
    days.hall.manage("tick")
    scrutiny(days, second)
    assert "还需 1 位监票人确认" in second.inner_text("main")
    press(second, "form[action$='/attest/close/']")
    assert "两位监票人均已确认，系统将在几分钟内封存选票。" in said(second)
    days.hall.manage("tick")


def row_of(page: Any) -> dict[str, str]:
    """The box's row of the balance, by heading."""
    table = page.locator("section.panel", has=page.get_by_role("heading", name="分票箱核对"))
    heads = table.locator("thead th").all_inner_texts()
    cells = table.locator("tbody tr").first.locator("th, td").all_inner_texts()
    return dict(list(zip((one.strip() for one in heads), (one.strip() for one in cells), strict=True))[1:])


def opened(days: Days, page: Any) -> None:
    scrutiny(days, page)
    days.look(page, "scrutiny-opened")
    assert row_of(page) == dict(zip(HEADINGS, BALANCED, strict=True))
    assert "票数相符" in page.inner_text("main")
    counts = page.locator("table", has=page.locator("caption", has_text="得票情况"))
    rows = [row.locator("th, td").all_inner_texts() for row in counts.locator("tbody tr").all()]
    assert {row[0].strip(): int(row[2]) for row in rows} == VOTES
    press(page, "form[action$='/recount/']")
    assert "复核结果一致" in said(page)


def sign(first: Any, second: Any) -> None:
    for page, answer in ((first, "还须另一位监票人确认"), (second, "两位监票人均已签署评选档案。")):
        page.goto(first.url)
        follow(page, page.locator("form[action$='/attest/record/'] button"))
        assert answer in said(page)


def start_notice(days: Days) -> None:
    officer = days.page_for("UN01")
    days.go(officer, f"/awards/{SLUG}/manage/")
    papers = dict(taking.papers_of(officer))
    assert "收回选票4张，其中有效3张、无效1张" in papers["计票单"]
    follow(officer, officer.locator(".next-step .btn-primary"))
    days.go(officer, f"/awards/{SLUG}/notice/")
    text = officer.inner_text("main")
    assert all(name in text for name in ("曾小芸", "单国强"))
    officer.context.close()


def record_holds(days: Days, page: Any, folder: Path) -> None:
    """The record as the scrutineer takes it along: sealed ballots of both kinds, and a recount that agrees."""
    scrutiny(days, page)
    with zipfile.ZipFile(io.BytesIO(taking.taken(page, page.locator("a[href$='/record.zip']")))) as record:
        record.extractall(folder)
    days.go(page, f"/awards/{SLUG}/notice/")
    said_by_verifier = taking.recounted(folder / SLUG, *taking.fingerprints(page))
    assert said_by_verifier.startswith("The record holds")
    roll = json.loads((folder / SLUG / "roll.json").read_text())
    assert roll["paper"] == {"handed_out": len(HANDED), "returned": RETURNED}
    ballots = (folder / SLUG / "ballots.jsonl").read_text().splitlines()
    assert len(ballots) == ON_SCREEN + RETURNED
    events = (folder / SLUG / "events.jsonl").read_text()
    assert events.count("不一致") == 2
    assert not [name for name in HANDED.values() if name in events]
