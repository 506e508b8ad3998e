"""The wall with honours from before the site, a window's past, figures, certificates, the file and the news."""

import datetime as dt
import hashlib
import io
import zipfile

import pytest
from django.core.files.base import ContentFile

from evaluations import archive, statistics
from evaluations.models import Award, Honour, Nomination, RoundFile
from evaluations.services import rounds
from intranet import clock
from intranet.access.models import AuditEntry
from intranet.pages.models import NewsPage
from tests.evaluations import hall as halls
from tests.papers.documents import lines, opened, words
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "uploads")


@pytest.fixture
def hall():
    return halls.make_hall()


@pytest.fixture
def auditor():
    return make_user(None, "auditor", name="审计郑")


def old(name, year=2023, award="先进窗口", **fields):
    given = {"period_label": f"{year}年", "published_on": dt.date(year, 12, 31), **fields}
    return Honour.objects.create(award_name=award, name=name, unit_name="老单位", **given)


def test_honours_without_a_round_hang_on_the_wall_and_lead_to_no_notice(hall, client):
    election = halls.commended(hall)
    old("1号窗口", window=hall.window)
    old("李老", year=2022, award="先进个人")
    client.force_login(hall.staff[3])
    page = client.get("/awards/honours/").content.decode()
    assert page.count('class="honour-wall"') == 3
    assert f"/awards/{election.slug}/notice/" in page
    for query, shown, hidden in (
        ("?award=先进窗口", "1号窗口", "李老"),
        ("?year=2022", "李老", "1号窗口"),
        (f"?window={hall.window.pk}", "1号窗口", "李老"),
        (f"?award={election.award.slug}", hall.staff[0].name, "李老"),
    ):
        found = client.get(f"/awards/honours/{query}").content.decode()
        assert f'<span class="honour-name">{shown}' in found or f">{shown}</span>" in found
        assert f">{hidden}</span>" not in found
    for query in ("?window=x", "?window=99999999999999", "?year=1", "?award=none"):
        assert client.get(f"/awards/honours/{query}").status_code == 200


def test_a_windows_page_shows_its_past(hall, client):
    old("1号窗口", window=hall.window, text="便民")
    annulled = old("作废窗口", window=hall.window, award="作废奖")
    Honour.objects.filter(pk=annulled.pk).update(annulled_on=dt.date(2024, 1, 1))
    client.force_login(hall.staff[0])
    page = client.get(f"/people/windows/{hall.window.pk}/").content.decode()
    assert "先进窗口" in page
    assert "作废奖" not in page


def test_figures_are_totals_that_were_published(hall, client, django_assert_max_num_queries):
    assert statistics.turnout() == []
    election = halls.commended(hall)
    running = halls.voting_round(hall)
    halls.vote(running, hall.staff[0], halls.keys_of(running)[0])
    old("李老", year=2022)
    [row] = statistics.turnout()
    assert (row.election, row.ballots, row.roll) == (election, 3, election.roll_size)
    assert statistics.honours_by_unit(2026) == [(hall.unit.name, 2)]
    assert [number for _month, number in statistics.honours_by_month(2026)] == [0] * 10 + [2, 0]
    client.force_login(hall.staff[5])
    client.get("/awards/figures/")
    with django_assert_max_num_queries(9):
        page = client.get("/awards/figures/").content.decode()
    assert hall.unit.name in page
    assert str(running) not in page
    losers = election.candidates.exclude(key__in=[one.key for one in election.winners()])
    assert not any(one.name in page for one in losers)
    assert "2022" in client.get("/awards/figures/?year=2022").content.decode()


def test_one_takes_ones_own_certificate_and_no_other(hall, client):
    election = halls.commended(hall)
    mine, other = (election.honours.get(person=hall.person(n)) for n in (0, 1))
    client.force_login(hall.staff[0])
    answer = client.get(f"/awards/honours/{mine.pk}/certificate/")
    assert f"{mine.name}　同志：" in lines(opened(answer.content))
    assert "no-store" in answer["Cache-Control"]
    assert client.get(f"/awards/honours/{other.pk}/certificate/").status_code == 404
    assert client.get(f"/awards/{election.slug}/manage/certificates/").status_code == 403
    profile = client.get(f"/people/{hall.person(0).pk}/").content.decode()
    assert f"/awards/honours/{mine.pk}/certificate/" in profile
    assert "/certificate/" not in client.get(f"/people/{hall.person(1).pk}/").content.decode()
    of_window = old("1号窗口", window=hall.window)
    assert client.get(f"/awards/honours/{of_window.pk}/certificate/").status_code == 200
    client.force_login(hall.scrutineer)
    assert client.get(f"/awards/honours/{of_window.pk}/certificate/").status_code == 404
    client.force_login(hall.officer)
    document = opened(client.get(f"/awards/{election.slug}/manage/certificates/").content)
    assert lines(document).count("荣 誉 证 书") == 2
    Honour.objects.update(annulled_on=dt.date(2026, 12, 1))
    assert client.get(f"/awards/honours/{mine.pk}/certificate/").status_code == 404
    assert client.get(f"/awards/{election.slug}/manage/certificates/").status_code == 404


def filed(election, by, kind, content=b"%PDF-1.4", sha256=""):
    return RoundFile.objects.create(
        election=election,
        kind=kind,
        title=f"扫描/{kind}",
        file=ContentFile(content, "scan.pdf"),
        sha256=sha256 or hashlib.sha256(content).hexdigest(),
        size=len(content),
        by=by,
        created_at=halls.ENDS,
    )


def unpacked(client, user, election):
    client.force_login(user)
    answer = client.get(f"/awards/{election.slug}/manage/archive.zip")
    assert answer.status_code == 200, answer.status_code
    content = b"".join(answer.streaming_content)
    package = zipfile.ZipFile(io.BytesIO(content))
    return {name: package.read(name) for name in package.namelist()}


def test_the_file_of_a_round_holds_papers_record_and_scans_by_who_may_read_them(hall, auditor, client):
    election = halls.commended(hall)
    for kind in RoundFile.Kind.values:
        filed(election, hall.officer, kind)
    files = {user: unpacked(client, user, election) for user in (auditor, hall.officer, hall.scrutineer)}
    for user, found in files.items():
        names = "\n".join(found)
        for part in ("通报", "公示", "计票单", "盖章推荐表", "会议纪要扫描件"):
            assert part in names, part
        # So few could vote that every ballot is for those alone who check.
        for part in ("manifest.json", "ballots.jsonl", "verify_election.py", "监票人签字记录"):
            assert (part in names) == (user != hall.officer), part
        assert ("2 计票记录/说明.txt" in names) == (user == hall.officer)
        assert ("一票否决依据" in names) == (user != hall.scrutineer)
        assert ("异议来信" in names) == (user != hall.scrutineer)
    found = files[auditor]
    contents = found.pop("目录.txt").decode("utf-8-sig")
    assert f"共{len(found)}件" in contents
    for name, content in found.items():
        assert name in contents
        assert hashlib.sha256(content).hexdigest() in contents
    assert "不一致" not in contents
    manifest = next(content for name, content in found.items() if name.endswith("manifest.json"))
    assert election.record_root in manifest.decode()
    [paper] = [content for name, content in found.items() if name.endswith("公示.docx") and "情况" not in name][:1]
    assert "现予公示" in words(opened(paper))
    assert AuditEntry.objects.filter(action="evaluations.archive", object_id=str(election.pk)).count() == 3


def test_a_changed_scan_and_a_lost_one_are_told_and_stop_nothing(hall, auditor, client):
    election = halls.on_notice(hall)
    filed(election, hall.officer, "minutes", sha256="0" * 64)
    lost = filed(election, hall.officer, "notice_photo")
    lost.file.storage.delete(lost.file.name)
    found = unpacked(client, auditor, election)
    contents = found["目录.txt"].decode("utf-8-sig")
    assert "与存档时的指纹不一致" in contents
    assert "文件缺失" in contents
    assert any(name.endswith("缺失.txt") for name in found)


def test_no_file_before_the_notice_for_outsiders_or_for_who_stands_in_the_round(hall, auditor, client):
    running = halls.voting_round(hall)
    client.force_login(auditor)
    assert client.get(f"/awards/{running.slug}/manage/archive.zip").status_code == 404
    election = halls.on_notice(hall)
    client.force_login(hall.staff[0])
    assert client.get(f"/awards/{election.slug}/manage/archive.zip").status_code == 403
    Nomination.objects.create(
        election=election,
        kind="self",
        person=hall.officer.person,
        by=hall.officer,
        reason="x",
        state="accepted",
        created_at=halls.OPENS,
    )
    client.force_login(hall.officer)
    assert client.get(f"/awards/{election.slug}/manage/archive.zip").status_code == 302
    assert not AuditEntry.objects.filter(action="evaluations.archive").exists()
    assert not archive.is_there(running)


def test_news_are_drafted_once_with_winners_only_and_published_by_nobody(hall, client):
    election = halls.on_notice(hall)
    client.force_login(hall.officer)
    address = f"/awards/{election.slug}/manage/news/"
    client.post(address)
    assert not NewsPage.objects.exists()
    rounds.advance(clock.start_of(election.notice_last + dt.timedelta(days=1), 9))
    for _press in range(2):
        client.post(address, {"series": "0"})
    [page] = NewsPage.objects.all()
    assert not page.live
    said = str(page.body)
    winners = [one.name for one in election.winners()]
    assert all(name in said and name in page.summary for name in winners)
    assert "群众满意" in said
    losers = election.candidates.exclude(name__in=winners)
    assert losers
    assert not any(one.name in said for one in losers)
    client.post(address, {"series": "1"})
    assert NewsPage.objects.count() == 3
    assert not NewsPage.objects.live().exists()
    assert page.latest_revision is not None
    client.force_login(hall.staff[0])
    assert client.post(address).status_code == 403


def test_the_manage_page_offers_what_can_be_taken(hall, client):
    election = halls.on_notice(hall)
    client.force_login(hall.officer)
    page = client.get(f"/awards/{election.slug}/manage/").content.decode()
    assert "manage/archive.zip" in page
    assert "manage/news/" not in page
    rounds.advance(clock.start_of(election.notice_last + dt.timedelta(days=1), 9))
    page = client.get(f"/awards/{election.slug}/manage/").content.decode()
    assert "manage/news/" in page
    assert "manage/certificates/" in page
    assert Award.objects.count() == 1
