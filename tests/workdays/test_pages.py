import datetime as dt
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from intranet.workdays.models import Day
from intranet.workdays.year_calendar import months, runs_of
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client):
    user = make_user(None, "hr_admin")
    client.force_login(user)
    return client


def test_everyone_sees_the_year(client):
    client.force_login(make_user())
    text = client.get("/days/2026/").content.decode()
    assert "已公布" in text
    assert "2月15日 – 2月23日 春节" in text
    assert "导入放假安排" not in text
    assert client.get("/days/").status_code == 200


def test_a_year_without_notice_says_so(client):
    client.force_login(make_user())
    text = client.get("/days/2027/").content.decode()
    assert "尚未公布" in text
    assert "均为暂定" in text
    assert "已公布" not in text


@pytest.mark.parametrize(("year", "status"), [(2003, 404), (2004, 200), (2100, 200), (2101, 404)])
def test_years_of_the_table(client, year, status):
    client.force_login(make_user())
    assert client.get(f"/days/{year}/").status_code == status


def test_a_year_takes_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        found = months(2026)
    assert [month.first.month for month in found] == list(range(1, 13))
    october = found[9]
    assert [len(week) for week in october.weeks] == [7] * 5
    assert october.weeks[0][3].look == "holiday"
    assert october.weeks[1][5].look == "workday"
    assert october.weeks[1][6].look == "weekend"
    assert october.weeks[2][0].look == ""
    assert october.weeks[0][0].outside


def test_days_in_a_row_are_put_together():
    given = [(1, "holiday", "a"), (2, "holiday", "a"), (3, "workday", "a"), (5, "workday", "a"), (6, "workday", "b")]
    rows = [Day(day=dt.date(2027, 5, day), kind=kind, name=name) for day, kind, name in given]
    assert [(run.first.day.day, run.last.day.day) for run in runs_of(rows)] == [(1, 2), (3, 3), (5, 5), (6, 6)]


@pytest.mark.parametrize("role", [None, "auditor", "union_officer", "system_admin"])
def test_only_the_personnel_office_changes_days(client, role):
    client.force_login(make_user(None, *([role] if role else [])))
    row = Day.objects.first()
    for address in ("/days/import/", "/days/day/", f"/days/day/{row.pk}/remove/", "/days/2027/announced/"):
        assert client.get(address).status_code == 403
        assert client.post(address).status_code == 403
    assert Day.objects.filter(pk=row.pk).exists()


def upload(client, content: str):
    return client.post("/days/import/", {"file": SimpleUploadedFile("2027.json", content.encode())})


def test_a_notice_is_uploaded(officer):
    days = [{"name": "元旦", "date": "2027-01-01", "isOffDay": True}]
    response = upload(officer, json.dumps({"year": 2027, "papers": [], "days": days}))
    assert response["Location"] == reverse("workdays:year", args=[2027])
    assert "新增 1 天" in officer.get(response["Location"]).content.decode()
    assert Day.objects.get(day="2027-01-01").name == "元旦"


@pytest.mark.parametrize(
    ("content", "said"),
    [("{", "第 1 行第 2 列"), ('{"year": 2027, "days": []}', "尚未公布"), (" " * (256 * 1024 + 1), "超过 256 KB")],
)
def test_a_wrong_file_is_answered_in_words(officer, content, said):
    response = upload(officer, content)
    assert response.status_code == 200
    assert said in response.content.decode()


def test_a_day_is_named_changed_and_removed_on_the_screen(officer):
    given = {"day": "2027-06-01", "kind": "holiday", "name": "停电", "source": "通知1号"}
    assert officer.post("/days/day/", given)["Location"] == "/days/2027/"
    row = Day.objects.get(day="2027-06-01")
    assert 'value="停电"' in officer.get("/days/day/?day=2027-06-01").content.decode()
    assert officer.get("/days/day/?day=nonsense").status_code == 200
    officer.post("/days/day/?day=2027-06-01", {**given, "kind": "workday"})
    row.refresh_from_db()
    assert row.kind == "workday"
    assert officer.post("/days/day/", {**given, "name": ""}).status_code == 200
    officer.post(f"/days/day/{row.pk}/remove/")
    assert not Day.objects.filter(pk=row.pk).exists()
    assert officer.post(f"/days/day/{row.pk}/remove/").status_code == 404


def test_a_year_is_marked(officer):
    officer.post("/days/2027/announced/", {"announced": "1"})
    assert "请先登记 2027 年的节假日" in officer.get("/days/2027/").content.decode()
    Day.objects.create(day="2027-10-01", kind="holiday", name="国庆节")
    officer.post("/days/2027/announced/", {"announced": "1"})
    assert "均为暂定" not in officer.get("/days/2027/").content.decode()
    officer.post("/days/2027/announced/", {"announced": "0"})
    assert "均为暂定" in officer.get("/days/2027/").content.decode()
    assert officer.post("/days/2101/announced/", {"announced": "1"}).status_code == 404
    assert officer.get("/days/2027/announced/").status_code == 405
