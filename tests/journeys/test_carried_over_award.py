"""A monthly award from "same as last time" to the commendation: the officer presses the one next step each time,
a chief representative recommends, a clerk votes from the poster, the panel scores, the meeting decides; every paper
of the round is opened and read.
"""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from tests.evaluations.scans import PDF
from tests.papers.documents import opened, words

from . import small_hall, taking
from .days import PHONE, Days, follow, press

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.xdist_group("carried-over-journey")]

# Working days of November and December 2026 as the round of October had them, counted from the new month's end.
DAYS = {
    "plan": "2026-12-01T08:40:00+08:00",
    "vote": "2026-12-04T09:05:00+08:00",
    "decide": "2026-12-08T09:00:00+08:00",
    "publish": "2026-12-15T09:00:00+08:00",
}
OPENS = "2026-12-01T09:00:00+08:00"
SLUG = "service-star-2026-11"
TITLE = "2026年11月“月度服务之星”"
RECOMMENDED = {
    "区月华": "一名老人忘带证件，她陪着补办，当天办结。",
    "仇海涛": "本月没有一件超时件。",
    "朴红英": "两次主动顶岗。",
}
# 区月华 leads in votes, 朴红英 comes second, and the scores of the inspection section change nothing.
WINNERS, LOSER = ("区月华", "朴红英"), "仇海涛"
SCORES = {"区月华": "95", "朴红英": "92.5", "仇海涛": "90"}
ALL_PAPERS = {
    *("评选通知", "推荐表（空白）", "推荐汇总表", "纸质选票", "计票单", "综合评分表"),
    *("会议纪要", "评选结果公示", "公示情况说明", "评选结果通报", "奖品签收表"),
}
FOR_THE_WALL = ("评选结果公示", "公示情况说明", "评选结果通报", "奖品签收表")
MOST_TAPS = 4


@pytest.fixture
def days(halls, start_hall, chromium) -> Days:
    hall = small_hall.built(halls, "published_star")
    return Days(start_hall, chromium, DAYS, small_hall.PASSWORD, hall)


def test_from_last_month_to_the_wall_of_honour(days: Days, tmp_path: Path) -> None:
    papers: dict[str, str] = {}
    days.morning("plan")
    officer = days.page_for("UN01")
    carry_over(days, officer)
    days.hall.manage("tick", "--at", OPENS)
    recommend(days)
    stands_at(days, officer, "推荐中")
    assert next_button(officer).count() == 0
    take_new_papers(officer, papers)

    days.morning("vote")
    officer = days.page_for("UN01")
    review(days, officer)
    days.hall.manage("tick")
    stands_at(days, officer, "投票中")
    assert next_button(officer).count() == 0
    take_new_papers(officer, papers)
    vote_from_the_poster(days, poster_address(days, officer))
    vote(days, "QQ101", "区月华", "朴红英")

    days.morning("decide")
    officer = days.page_for("UN01")
    decide(days, officer)
    take_new_papers(officer, papers)
    notice(days, officer)
    take_new_papers(officer, papers)

    days.morning("publish")
    officer = days.page_for("UN01")
    stands_at(days, officer, "已通报")
    take_new_papers(officer, papers)
    assert set(papers) == ALL_PAPERS
    read_papers(papers)
    read_again(officer)
    commended(days, officer, tmp_path)
    assert not days.problems, "\n".join(days.problems)


def next_button(page: Any) -> Any:
    return page.locator(".next-step .btn-primary")


def step(page: Any, label: str) -> None:
    """Press the one button of the round's page, which says what it does."""
    button = next_button(page)
    assert button.count() == 1
    assert button.inner_text().strip() == label
    follow(page, button)


def stands_at(days: Days, page: Any, phase: str) -> None:
    """The round's page, found through this month's list, and once it is over through the round, says where it is."""
    if phase == "已通报":
        days.go(page, f"/awards/{SLUG}/")
        follow(page, page.locator(".page-actions a[href$='/manage/']"))
    else:
        days.go(page, "/awards/office/")
        follow(page, page.get_by_role("heading", level=3).get_by_role("link", name=re.compile("2026年11月")))
    assert page.url.endswith(f"/awards/{SLUG}/manage/")
    assert phase in page.locator(".lead").inner_text()
    days.look(page, f"manage-{phase}")


def take_new_papers(page: Any, papers: dict[str, str]) -> None:
    papers.update(taking.papers_of(page, skipping=papers))


def carry_over(days: Days, page: Any) -> None:
    """From this month's list to a round that is open, with nothing typed."""
    days.go(page, "/awards/office/")
    follow(page, page.locator(".page-actions a"))
    days.look(page, "awards")
    follow(page, page.get_by_role("link", name=re.compile("沿用上期.*月度服务之星")))
    proposed = {
        field: page.input_value(f"[name={field}]") for field in ("period_first", "period_last", "voting_opens")
    }
    assert proposed == {"period_first": "2026-11-01", "period_last": "2026-11-30", "voting_opens": "2026-12-04T09:00"}
    days.look(page, "carry-over")
    press(page)
    assert page.url.endswith(f"/awards/{SLUG}/manage/"), page.inner_text("main")
    step(page, "启动本期评选")
    assert next_button(page).count() == 0
    days.look(page, "manage-opened")


def recommend(days: Days) -> None:
    """The chief representative for the unit, two clerks themselves; all on the phone."""
    chief = days.page_for("QQ100", PHONE)
    days.go(chief, f"/awards/{SLUG}/")
    days.look(chief, "round-recommending")
    follow(chief, chief.locator(".next-step .btn-primary"))
    days.look(chief, "recommend")
    follow(chief, chief.locator("main a[href$='/recommend/unit/']"))
    chief.fill("input[name=q]", "区月华")
    press(chief)
    days.look(chief, "choose")
    follow(chief, chief.locator(".pick-list a.btn-primary"))
    say_why(days, chief, "区月华")
    for username, name in (("QQ102", "仇海涛"), ("QQ203", "朴红英")):
        clerk = days.page_for(username, PHONE)
        days.go(clerk, f"/awards/{SLUG}/recommend/self/")
        say_why(days, clerk, name)
        clerk.context.close()
    chief.context.close()


def say_why(days: Days, page: Any, name: str) -> None:
    page.fill("textarea[name=reason]", RECOMMENDED[name])
    days.look(page, "say-why")
    press(page)
    assert page.url.endswith(f"/awards/{SLUG}/recommend/"), page.inner_text("main")
    days.look(page, "recommended")


def review(days: Days, page: Any) -> None:
    """Three admitted, each time with the button of the first; the button left finishes the review."""
    stands_at(days, page, "资格审核")
    step(page, "审核 3 条推荐")
    days.look(page, "review")
    for _one in RECOMMENDED:
        press(page, "form[action$='/approve/']")
    step(page, "完成审核")


def poster_address(days: Days, page: Any) -> str:
    """What a phone reads from the code on the wall."""
    follow(page, page.locator("a[href$='/qr/']"))
    days.look(page, "poster")
    printed = Image.open(io.BytesIO(page.locator(".poster-code").screenshot()))
    address = zxingcpp.read_barcodes(printed)[0].text
    assert address == page.locator(".poster-address").inner_text().strip()
    return address


def vote_from_the_poster(days: Days, address: str) -> None:
    """A clerk who is not signed in scans the code: at most four taps later it says 已投票."""
    context = days.context(PHONE, has_touch=True, is_mobile=True, device_scale_factor=2)
    taps: list[str] = []
    context.expose_function("tapped", lambda where: taps.append(where))
    context.add_init_script("addEventListener('pointerdown', event => window.tapped(event.target.nodeName), true)")
    page = context.new_page()
    page.goto(address)
    days.look(page, "sign-in")
    # The page opens with the first field ready to type in.
    page.keyboard.type("QQ104")
    page.locator("input[name=password]").tap()
    page.keyboard.type(small_hall.PASSWORD)
    page.locator("main form button.btn-primary").tap()
    page.wait_for_url(address)
    days.look(page, "vote")
    page.locator("#ballot label", has_text="区月华").tap()
    page.locator(".ballot-send").tap()
    page.wait_for_url("**/receipt/")
    assert "已投票" in page.inner_text("main")
    days.look(page, "receipt")
    assert 1 < len(taps) <= MOST_TAPS, taps
    context.close()


def vote(days: Days, username: str, *names: str) -> None:
    page = days.page_for(username, PHONE)
    days.go(page, f"/awards/{SLUG}/vote/")
    for name in names:
        page.locator("#ballot label", has_text=name).click()
    page.locator(".ballot-send").click()
    page.wait_for_url("**/receipt/")
    page.context.close()


def decide(days: Days, page: Any) -> None:
    """Sealed by the clock; the panel scores, the inputs are frozen, the meeting takes the computed list."""
    stands_at(days, page, "综合评定")
    assert next_button(page).inner_text().strip() == "录入得分"
    score(days)
    page.reload()
    step(page, "锁定评分数据")
    days.look(page, "assessment")
    step(page, "锁定评分数据")
    days.look(page, "assessment-frozen")
    stands_at(days, page, "会议审定")
    step(page, "记录会议审定")
    days.look(page, "meeting")
    page.fill("input[name=held_on]", "2026-12-08")
    page.fill("input[name=minutes_number]", "〔2026〕15号")
    page.fill("textarea[name=present]", "沈主任\n冯督查")
    page.set_input_files("input[name=scan]", {"name": "纪要.pdf", "mimeType": "application/pdf", "buffer": PDF})
    press(page)
    assert page.url.endswith("/manage/"), page.inner_text("main")
    days.look(page, "manage-decided")


def score(days: Days) -> None:
    page = days.page_for("IN01")
    days.go(page, f"/awards/{SLUG}/scores/")
    days.look(page, "scores")
    for name, points in SCORES.items():
        page.get_by_label(name, exact=True).fill(points)
    follow(page, page.locator("button[value=hand_in]"))
    assert page.locator("button[value=take_back]").count() == 1
    page.context.close()


def notice(days: Days, page: Any) -> None:
    step(page, "开始公示")
    stands_at(days, page, "公示中")
    assert next_button(page).count() == 0
    clerk = days.page_for("QQ102", PHONE)
    days.go(clerk, f"/awards/{SLUG}/notice/")
    days.look(clerk, "notice")
    text = clerk.inner_text("main")
    assert all(said in text for said in (*WINNERS, "投票和综合评定", "2026年12月8日", "2026年12月14日"))
    assert LOSER not in text
    clerk.context.close()


def read_papers(papers: dict[str, str]) -> None:
    """As they were taken: each with its title; what hangs on the wall names nobody who lost."""
    for label, text in papers.items():
        assert TITLE in text, label
        if label in FOR_THE_WALL:
            assert LOSER not in text, label
    said = {
        "评选通知": ("2026年12月1日09:00", "2026年12月3日17:30", "〔2026〕6号"),
        "推荐表（空白）": ("推荐理由",),
        "推荐汇总表": (),
        "纸质选票": (*SCORES, "不记名"),
        "计票单": (*SCORES, "发出选票"),
        "综合评分表": (*SCORES, *SCORES.values(), "民主测评", "督查科评分"),
        "会议纪要": (*WINNERS, "〔2026〕15号", "2026年12月8日", "沈主任"),
        "评选结果公示": (*WINNERS, "2026年12月8日至2026年12月14日", "一楼大厅公示栏"),
        "公示情况说明": ("公示无异议",),
        "评选结果通报": (*WINNERS, "2026年11月1日至2026年11月30日", "2026年12月15日"),
        "奖品签收表": WINNERS,
    }
    assert set(said) == set(papers)
    for label, wanted in said.items():
        assert [one for one in wanted if one not in papers[label]] == [], label


def read_again(page: Any) -> None:
    """Papers that fill up as the round goes on."""
    papers = dict(taking.papers_of(page, skipping=ALL_PAPERS - {"推荐汇总表", "计票单", "公示情况说明"}))
    assert all(reason in papers["推荐汇总表"] for reason in RECOMMENDED.values())
    assert "名册15人，收回选票2张，其中有效2张、无效0张" in papers["计票单"]
    assert "公示期满，公示无异议" in papers["公示情况说明"]


def commended(days: Days, officer: Any, folder: Path) -> None:
    """The file of the round holds every paper and a record that recounts; the winners hang on the wall."""
    certificates = words(opened(taking.taken(officer, officer.locator("a[href$='/certificates/']"))))
    assert all(name in certificates for name in WINNERS)
    with taking.file_of_the_round(officer) as archive:
        names = archive.namelist()
        archive.extractall(folder)
    contents = (folder / "目录.txt").read_text(encoding="utf-8-sig")
    assert all(name in contents for name in names if name != "目录.txt")
    assert any("会议纪要扫描件" in name for name in names)
    filed = {re.sub(r"^1 文书/\d+ |\.docx$", "", name) for name in names if name.startswith("1 ")}
    # Nobody draws a blank ballot any more.
    assert filed == ALL_PAPERS - {"纸质选票"}
    clerk = days.page_for("QQ104", PHONE)
    days.go(clerk, f"/awards/{SLUG}/notice/")
    days.look(clerk, "commendation")
    record = folder / "2 计票记录" / SLUG
    assert "The record holds" in taking.recounted(record, *taking.fingerprints(clerk))
    assert [row["name"] for row in in_order(record)][:2] == list(WINNERS)
    days.go(clerk, "/awards/honours/")
    days.look(clerk, "honours")
    wall = clerk.locator(".honour-wall", has_text="2026年11月").inner_text()
    assert all(name in wall for name in WINNERS)
    assert LOSER not in wall


def in_order(record: Path) -> list[dict[str, Any]]:
    """The candidates of a record, best first."""
    known = {row["key"]: row for row in json.loads((record / "candidates.json").read_text())}
    return [known[key] for key in json.loads((record / "result.json").read_text())["order"]]
