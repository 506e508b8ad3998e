"""A quality window from its panel's scores to the commendation: a meeting that overrides, a letter of objection,
every paper opened, the archive and a recount; and a clerk who votes at the terminal in the corner.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from intranet import clock
from tests.evaluations.scans import PDF

from . import taking
from .conftest import sign_in
from .days import DESKTOP, follow, press

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.xdist_group("assessed-journey")]

PASSWORD, PIN = "nuanjia-demo-2026", "407193"
PHONE = {"width": 360, "height": 760}
GIVE_PIN = f"""
from intranet.access.models import User
user = User.objects.get(username="{{clerk}}")
user.set_pin("{PIN}")
user.save()
"""
WALL = ("评选结果公示", "公示情况说明", "评选结果通报", "奖品签收表")


class Hall:
    """The demo hall as it stands, and who is who in it."""

    def __init__(self, running, chromium) -> None:
        self.running, self.chromium = running, chromium
        lines = running.manage("accounts", "--json").stdout.splitlines()
        self.accounts = [json.loads(line) for line in lines]
        rounds = running.manage("election_bundle", "--list", "--json").stdout.splitlines()
        self.rounds = [json.loads(line) for line in rounds]
        self.problems: list[str] = []

    def all_with(self, role: str) -> list[str]:
        return [row["username"] for row in self.accounts if row["role"] == role]

    def round_in(self, phase: str, award: str) -> str:
        return next(row["slug"] for row in self.rounds if (row["phase"], row["award"]) == (phase, award))

    def page_for(self, username: str, view=DESKTOP):
        page = self.chromium.new_context(viewport=view, accept_downloads=True).new_page()
        page.on("console", lambda message: message.type == "error" and self.note(message.text))
        sign_in(page, self.running.base, username, PASSWORD)
        return page

    def note(self, text: str) -> None:
        # Forms that this journey fills in wrongly on purpose are answered so.
        if "status of 422" not in text:
            self.problems.append(text)

    def go(self, page, path: str) -> None:
        answer = page.goto(self.running.base + path)
        assert answer.status == 200, f"{path}: {answer.status}"


def complaint(page) -> str:
    return " ".join(page.locator(".errorlist, .field-errors, [role=alert]").all_inner_texts())


@pytest.fixture
def hall(start_hall, chromium) -> Hall:
    return Hall(start_hall(demo=True), chromium)


def test_from_the_panel_to_the_commendation(hall: Hall, tmp_path: Path) -> None:
    slug = hall.round_in("assessment", "月度优质服务窗口")
    for inspector in hall.all_with("inspection"):
        score(hall, inspector, slug)
    officer = hall.page_for(hall.all_with("union_officer")[0])
    hall.go(officer, f"/awards/{slug}/manage/assessment/")
    press(officer, "form[action$='/freeze/']")
    assert hall_phase(hall, slug) == "decision"
    meet(hall, officer, slug)
    winners, losers = decided(hall, slug, tmp_path / "decided")
    hall.go(officer, f"/awards/{slug}/manage/")
    follow(officer, officer.locator(".next-step .btn-primary"))
    assert hall_phase(hall, slug) == "public_notice"
    object_by_letter(hall, officer, slug)
    # The notice is over, and its objection is not: the clock waits.
    after = clock.start_of(clock.today(), 9).replace(year=clock.today().year + 1).isoformat()
    hall.running.manage("tick", "--at", after)
    assert hall_phase(hall, slug) == "public_notice"
    settle(hall, officer, slug)
    hall.running.manage("tick", "--at", after)
    assert hall_phase(hall, slug) == "published"
    everyone_reads(hall, slug, winners, tmp_path)
    take_papers(hall, officer, slug, winners, losers)
    take_archive(hall, officer, slug)
    assert not hall.problems, hall.problems


def score(hall: Hall, inspector: str, slug: str) -> None:
    """On a phone: a draft first, then handed in; nothing can be handed in with a window left out."""
    page = hall.page_for(inspector, PHONE)
    hall.go(page, f"/awards/{slug}/scores/")
    inputs = page.locator(".score-input")
    for number in range(inputs.count() - 1):
        inputs.nth(number).fill(str(95 - number))
    follow(page, page.locator("button[value=hand_in]"))
    assert page.locator("button[value=hand_in]").count() == 1
    inputs.nth(inputs.count() - 1).fill("80.5")
    follow(page, page.locator("button[value=hand_in]"))
    assert page.locator("button[value=take_back]").count() == 1
    page.context.close()


def hall_phase(hall: Hall, slug: str) -> str:
    lines = hall.running.manage("election_bundle", "--list", "--json").stdout.splitlines()
    return next(row["phase"] for row in map(json.loads, lines) if row["slug"] == slug)


def meet(hall: Hall, page, slug: str) -> None:
    """The meeting takes the sixth instead of the fifth: refused without a reason, recorded with one."""
    hall.go(page, f"/awards/{slug}/manage/meeting/")
    boxes = page.locator("input[name=winners]")
    checked = [boxes.nth(number).is_checked() for number in range(boxes.count())]
    last_in, first_out = max(n for n, one in enumerate(checked) if one), checked.index(False)
    page.fill("input[name=held_on]", clock.today().isoformat())
    page.fill("input[name=minutes_number]", "〔2026〕12号")
    page.fill("textarea[name=present]", "谭主任\n夏科长")
    scan = {"name": "纪要.pdf", "mimeType": "application/pdf", "buffer": PDF}
    page.set_input_files("input[name=scan]", scan)
    boxes.nth(last_in).uncheck()
    boxes.nth(first_out).check()
    press(page)
    assert page.url.endswith("/meeting/"), "a list of their own was taken without a reason"
    page.fill("textarea[name=reason]", "第五名当月更换负责人，会议决定顺延。")
    page.set_input_files("input[name=scan]", scan)
    press(page)
    assert not page.url.endswith("/meeting/"), complaint(page)


def decided(hall: Hall, slug: str, folder: Path) -> tuple[list[str], list[str]]:
    """Names of those the meeting took, and of the others."""
    hall.running.manage("election_bundle", slug, str(folder))
    decision = json.loads((folder / "decision.json").read_text())
    names = {row["key"]: row["name"] for row in json.loads((folder / "candidates.json").read_text())}
    assert (decision["kind"], bool(decision["reason"])) == ("meeting", True)
    winners = [names[key] for key in decision["winners"]]
    return winners, [name for name in names.values() if name not in winners]


def object_by_letter(hall: Hall, page, slug: str) -> None:
    hall.go(page, f"/awards/{slug}/manage/objections/")
    page.check("input[name=channel][value=letter]")
    page.fill("input[name=name]", "窦来信")
    page.fill("textarea[name=text]", "该窗口月初曾无人值守。")
    page.set_input_files("input[name=upload]", {"name": "信.pdf", "mimeType": "application/pdf", "buffer": PDF})
    press(page, "main form[enctype]")
    assert "窦来信" in page.inner_text("main"), complaint(page)


def settle(hall: Hall, page, slug: str) -> None:
    hall.go(page, f"/awards/{slug}/manage/objections/")
    follow(page, page.locator("main a.btn-primary").first)
    page.check("input[name=outcome][value=unfounded]")
    page.fill("textarea[name=answer]", "经查阅监控，当日有B岗顶岗，不影响结果。")
    press(page)


def everyone_reads(hall: Hall, slug: str, winners: list[str], folder: Path) -> None:
    """Any clerk, on a phone: the list, the answer, neither name nor text of who objected; and the record holds."""
    page = hall.page_for(hall.all_with("staff")[0], PHONE)
    hall.go(page, f"/awards/{slug}/notice/")
    text = page.inner_text("main")
    assert all(name in text for name in winners)
    assert "有B岗顶岗" in text
    assert "窦来信" not in text
    assert "无人值守" not in text
    hall.running.manage("election_bundle", slug, str(folder / "record"))
    taking.recounted(folder / "record", *taking.fingerprints(page))
    page.context.close()


def take_papers(hall: Hall, page, slug: str, winners: list[str], losers: list[str]) -> None:
    """Every paper of the round, one press each, read back; those for the wall name no loser."""
    hall.go(page, f"/awards/{slug}/manage/")
    papers = dict(taking.papers_of(page))
    assert set(WALL) <= set(papers), list(papers)
    for label, text in papers.items():
        if label in WALL:
            assert not [name for name in losers if name in text], label
        if label in ("评选结果公示", "评选结果通报", "奖品签收表", "会议纪要"):
            assert all(name in text for name in winners), label


def take_archive(hall: Hall, page, slug: str) -> None:
    """The leaders' box has fewer than ten: every ballot is for those who check, and the officer's file says so."""
    with taking.file_of_the_round(page) as archive:
        names = archive.namelist()
    assert any(name.endswith("目录.txt") for name in names)
    assert [name for name in names if name.startswith("2 ")] == ["2 计票记录/说明.txt"]
    auditor = hall.page_for(hall.all_with("auditor")[0])
    hall.go(auditor, f"/awards/{slug}/scrutiny/")
    record = taking.taken(auditor, auditor.locator("a[href$='/record.zip']"))
    names = zipfile.ZipFile(io.BytesIO(record)).namelist()
    assert f"{slug}/ballots.jsonl" in names
    assert "verify_election.py" in names
    assert auditor.locator("a[href$='/archive.zip']").count() == 1
    auditor.context.close()


def test_a_clerk_votes_at_the_terminal_in_the_corner(hall: Hall) -> None:
    slug = hall.round_in("voting", "月度服务之星")
    clerk = hall.all_with("staff")[0]
    hall.running.manage("shell", "-c", GIVE_PIN.format(clerk=clerk))
    corner = hall.page_for(hall.all_with("union_officer")[0])
    hall.go(corner, "/awards/office/terminals/")
    corner.fill("input[name=label]", "大厅东角")
    press(corner, "form[action$='/open/']")
    assert corner.url.endswith("/awards/terminal/")
    # The browser opens nothing else, whoever was signed in before.
    corner.goto(f"{hall.running.base}/awards/office/")
    assert corner.url.endswith("/awards/terminal/")
    if corner.locator("input[name=round]").count() and corner.locator("input[name=round]").first.is_visible():
        corner.check(f"input[name=round][value='{slug}']")
    corner.fill("input[name=username]", clerk)
    corner.fill("input[name=password]", PIN)
    corner.keyboard.press("Enter")
    corner.wait_for_url("**/vote/")
    corner.locator("#ballot label.ballot-card").first.click()
    corner.locator("#ballot button.btn-primary").click()
    corner.wait_for_url("**/receipt/")
    assert len(corner.locator("#receipt").inner_text().strip()) == 43
    corner.locator("#terminal-done").click()
    corner.wait_for_url("**/awards/terminal/")
    # Backwards leads nowhere: neither the receipt nor the ballot is kept.
    corner.goto(f"{hall.running.base}/awards/{slug}/receipt/")
    assert corner.url.endswith("/awards/terminal/")
    assert corner.locator("#receipt").count() == 0
    assert not hall.problems, hall.problems
