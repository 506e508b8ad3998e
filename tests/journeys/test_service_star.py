"""The whole main job as its people do it: from a register to a published service star, day by day."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from . import sheets, taking
from .days import Days, follow, press

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("journey")]

PASSWORD = "qingquan-hall-2026"
PHONE = {"width": 360, "height": 760}
DAYS = {
    "set up": "2026-11-23T09:00:00+08:00",
    "recommend": "2026-11-24T09:30:00+08:00",
    "review": "2026-11-26T18:00:00+08:00",
    "vote": "2026-11-30T09:30:00+08:00",
    "count": "2026-12-02T17:35:00+08:00",
    "publish": "2026-12-10T09:00:00+08:00",
}


@pytest.fixture
def days(start_hall, chromium) -> Days:
    return Days(start_hall, chromium, DAYS, PASSWORD)


def test_from_register_to_wall_of_honour(days: Days, tmp_path: Path) -> None:
    days.morning("set up")
    found_the_hall(days)
    personnel = days.page_for("HR01")
    faulty_register_is_refused(days, personnel, tmp_path)
    import_everything(days, personnel, tmp_path)
    open_accounts(days, personnel)
    appoint_chief_representative(days, personnel)
    slug = plan_and_open(days)

    days.morning("recommend")
    recommend(days, slug)

    days.morning("review")
    review(days, slug)

    days.morning("vote")
    receipts = [vote(days, slug, number, choice) for number, choice in (("QQ001", 0), ("QQ002", 0), ("QQ003", 1))]
    assert len(set(receipts)) == 3

    days.morning("count")
    days.hall.manage("tick", "--at", "2026-12-02T17:31:00+08:00")
    start_notice(days, slug)

    days.hall.manage("tick", "--at", "2026-12-10T00:05:00+08:00")
    days.morning("publish")
    published(days, slug, tmp_path)
    assert not days.problems, days.problems


def found_the_hall(days: Days) -> None:
    for username, role, name in (
        ("HR01", "hr_admin", "贾人事"),
        ("UN01", "union_officer", "陆工会"),
        ("SC01", "scrutineer", "江监票"),
    ):
        days.hall.manage("give_role", username, role, "--name", name, typed=f"{PASSWORD}\n")


def upload(days: Days, page, path: Path) -> None:
    days.go(page, "/sheets/")
    page.set_input_files("input[type=file]", path)
    press(page, "main form[enctype]")


def faulty_register_is_refused(days: Days, page, folder: Path) -> None:
    upload(days, page, sheets.departments(folder))
    press(page, "form[action$='/confirm/']")
    upload(days, page, sheets.windows(folder))
    press(page, "form[action$='/confirm/']")
    upload(days, page, sheets.register(folder, faulty=True))
    text = page.inner_text("main")
    for telling in ("77", "QQ001", "2091"):
        assert telling in text
    assert page.locator("form[action$='/confirm/']").count() == 0
    days.go(page, "/people/")
    assert "仇海涛" not in page.inner_text("main")


def import_everything(days: Days, page, folder: Path) -> None:
    upload(days, page, sheets.register(folder))
    press(page, "form[action$='/confirm/']")
    days.go(page, "/people/?q=oyj")
    assert "欧阳静" in page.inner_text("main")


def open_accounts(days: Days, page) -> None:
    """The personnel office makes a slip for each; everyone opens their account with it and chooses a password."""
    for number, name, *_rest in sheets.PEOPLE:
        days.go(page, f"/people/?q={number}")
        follow(page, page.locator("main").get_by_role("link", name=name).first)
        follow(page, page.locator("form[action$='/account/'] button"))
        code = page.locator(".slip-code").inner_text()
        own = days.chromium.new_context().new_page()
        own.goto(f"{days.hall.base}/activate/")
        own.fill("input[name=username]", number)
        own.fill("input[name=code]", code)
        press(own)
        if own.locator("input[name=how][value=password]").count():
            own.locator("input[name=how][value=password]").check()
        own.fill("input[name=secret]", PASSWORD)
        own.fill("input[name=again]", PASSWORD)
        press(own)
        own.context.close()


def appoint_chief_representative(days: Days, page) -> None:
    days.go(page, "/people/?q=QQ001")
    follow(page, page.locator("main").get_by_role("link", name="欧阳静").first)
    follow(page, page.locator("main a[href$='/appoint/']").first)
    page.select_option("select[name=kind]", "chief_representative")
    page.select_option("select[name=unit]", label=sheets.UNIT)
    press(page)


def plan_and_open(days: Days) -> str:
    page = days.page_for("UN01")
    days.go(page, "/awards/office/awards/new/")
    page.fill("input[name=name]", "月度服务之星")
    page.fill("input[name=slug]", "service-star")
    page.fill("input[name=places]", "1")
    page.fill("input[name=max_choices]", "1")
    press(page)
    days.go(page, "/awards/office/awards/service-star/round/")
    press(page)
    assert page.url.endswith("/manage/"), page.inner_text("main")
    slug = page.url.rstrip("/").split("/")[-2]
    follow(page, page.locator(".next-step .btn-primary"))
    if page.url.endswith("/open/"):
        press(page)
    page.context.close()
    return slug


def recommend(days: Days, slug: str) -> None:
    chief = days.page_for("QQ001", PHONE)
    days.go(chief, f"/awards/{slug}/recommend/unit/?q=曾小芸")
    follow(chief, chief.locator(".pick-list a.btn-primary").first)
    chief.fill("textarea[name=reason]", "材料一次讲清,群众少跑路。")
    press(chief)
    clerk = days.page_for("QQ004", PHONE)
    days.go(clerk, f"/awards/{slug}/recommend/self/")
    clerk.fill("textarea[name=reason]", "本月没有一件超时件。")
    press(clerk)
    for page in (chief, clerk):
        assert page.url.endswith(f"/awards/{slug}/recommend/"), page.inner_text("main")
        page.context.close()


def review(days: Days, slug: str) -> None:
    page = days.page_for("UN01")
    for _count in range(2):
        days.go(page, f"/awards/{slug}/manage/review/")
        press(page, "form[action$='/approve/']")
    days.go(page, f"/awards/{slug}/manage/")
    follow(page, page.locator(".next-step .btn-primary"))
    page.context.close()


def vote(days: Days, slug: str, username: str, choice: int) -> str:
    """One ballot on a phone, and a second try from another tab; gives the receipt."""
    page = days.page_for(username, PHONE)
    second = page.context.new_page()
    for tab in (page, second):
        days.go(tab, f"/awards/{slug}/vote/")
    wanted = ("曾小芸", "仇海涛")[choice]
    page.locator("#ballot label", has_text=wanted).click()
    page.locator("#ballot button.btn-primary").click()
    page.wait_for_url("**/receipt/")
    receipt = page.locator("#receipt").inner_text()
    second.locator("#ballot label", has_text=wanted).click()
    with second.expect_response(lambda answer: answer.request.method == "POST") as answered:
        second.locator("#ballot button.btn-primary").click()
    assert answered.value.status == 409
    days.refused(409)
    page.context.close()
    return receipt


def start_notice(days: Days, slug: str) -> None:
    scrutineer = days.page_for("SC01")
    days.go(scrutineer, f"/awards/{slug}/scrutiny/")
    press(scrutineer, "form[action$='/recount/']")
    scrutineer.context.close()
    officer = days.page_for("UN01")
    days.go(officer, f"/awards/{slug}/manage/")
    follow(officer, officer.locator(".next-step .btn-primary"))
    if officer.url.endswith("/start-notice/"):
        press(officer)
    days.go(officer, f"/awards/{slug}/notice/")
    assert "曾小芸" in officer.inner_text("main")
    officer.context.close()


def published(days: Days, slug: str, folder: Path) -> None:
    page = days.page_for("QQ002", PHONE)
    days.go(page, f"/awards/{slug}/notice/")
    fingerprints = taking.fingerprints(page)
    days.go(page, "/awards/honours/")
    assert "曾小芸" in page.inner_text("main")
    record = folder / "record"
    days.hall.manage("election_bundle", slug, str(record))
    said = taking.recounted(record, *fingerprints, "--result")
    result = json.loads((record / "result.json").read_text())
    names = {row["key"]: row["name"] for row in json.loads((record / "candidates.json").read_text())}
    assert [names[key] for key in result["winners"]] == ["曾小芸"]
    assert sorted(result["counts"].values()) == [1, 2]
    assert result["winners"][0] in said
