"""The pages: who is shown what, making without a script, downloading, bringing a template; what is foreign."""

import io
from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from intranet.access.models import AuditEntry
from intranet.pages.services import publish_notice
from intranet.papers import services
from intranet.papers.models import OwnTemplate, Paper
from intranet.papers.services import files
from intranet.papers.views import DOCX, docx
from tests.papers.documents import lines, opened, written
from tests.people.hall import make_hall, make_person
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client, editor):
    client.force_login(editor)
    return client


@pytest.fixture
def notice(editor):
    return publish_notice(title="关于评选的通知", text="请认真组织。", issuing_unit="办公室", by=editor)


def given(data, name="模板.docx"):
    return {"file": SimpleUploadedFile(name, data, content_type=DOCX)}


def test_the_list_offers_ones_own_kinds_and_nobody_else_gets_in(office, clerk, client):
    page = office.get("/papers/").content.decode()
    assert "/papers/new/pages.notice/" in page
    assert "people.staff_list" not in page
    client.force_login(clerk)
    for address in ("/papers/", "/papers/new/pages.notice/", "/papers/templates/pages.notice/"):
        assert client.get(address).status_code == 403
    assert "/papers/" not in client.get("/desk/").content.decode()


def test_a_notice_becomes_a_paper_in_two_steps(office, notice):
    shown = office.get(notice.url).content.decode()
    assert f"/papers/new/pages.notice/?about={notice.pk}" in shown
    form = office.get(f"/papers/new/pages.notice/?about={notice.pk}")
    assert f'value="{notice.pk}" selected' in form.content.decode()
    done = office.post("/papers/new/pages.notice/", {"about": notice.pk}, follow=True)
    paper = Paper.objects.get()
    assert done.redirect_chain == [(f"/papers/{paper.pk}/", 302)]
    file = office.get(f"/papers/{paper.pk}/file/")
    assert file["Content-Type"] == DOCX
    assert unquote(file["Content-Disposition"]) == "attachment; filename*=UTF-8''关于评选的通知.docx"
    assert "no-store" in file["Cache-Control"]
    assert "请认真组织。" in lines(opened(file.content))
    assert AuditEntry.objects.filter(action="papers.read", object_id=str(paper.pk)).count() == 1
    listed = office.get(f"/papers/?about=pages.noticepage:{notice.pk}").content.decode()
    assert f"/papers/{paper.pk}/" in listed
    assert f"/papers/{paper.pk}/" not in office.get("/papers/?about=pages.noticepage:1").content.decode()


def test_only_whoever_writes_notices_sees_the_way_to_the_paper(client, clerk, notice):
    client.force_login(clerk)
    assert "/papers/" not in client.get(notice.url).content.decode()


@pytest.mark.parametrize("about", ["", "987654321", "x", "²", "9" * 40])
def test_a_wrong_object_is_told_beside_its_field(office, notice, about):
    assert office.get("/papers/new/pages.notice/", {"about": about}).status_code == 200
    answer = office.post("/papers/new/pages.notice/", {"about": about})
    assert answer.status_code == 422
    assert answer.context["form"].errors["about"]
    assert not Paper.objects.exists()


def test_days_the_wrong_way_round_are_told(client, union):
    client.force_login(union)
    assert client.get("/papers/new/papers.material/").status_code == 200
    answer = client.post("/papers/new/papers.material/", {"first": "2026-12-31", "last": "2026-01-01"})
    assert answer.status_code == 422
    assert "截止日期不能早于起始日期" in answer.content.decode()


def test_the_staff_list_from_the_register(client, personnel):
    hall = make_hall()
    make_person("欧阳秀兰", "0101", hall.tax)
    client.force_login(personnel)
    assert "/papers/new/people.staff_list/" in client.get("/people/register/").content.decode()
    assert client.post("/papers/new/people.staff_list/", {"about": ""}).status_code == 422
    client.post("/papers/new/people.staff_list/", {"about": "", "columns": ["name"]})
    assert Paper.objects.get().title.endswith("职工花名册")
    refused = client.post("/papers/new/people.staff_list/", {"columns": ["note"]})
    assert refused.status_code == 422


def test_foreign_papers_and_files_answer_as_missing_ones(office, client, personnel, notice, editor):
    paper = services.make(kind="pages.notice", about=notice, by=editor)
    assert office.get(f"/files/{paper.file}").status_code == 200
    client.force_login(personnel)
    for pk in (paper.pk, 987654321):
        assert client.get(f"/papers/{pk}/").status_code == 404
        assert client.get(f"/papers/{pk}/file/").status_code == 404
        assert client.post(f"/papers/{pk}/remove/").status_code == 404
    assert client.get(f"/files/{paper.file}").status_code == 404
    assert client.get("/papers/new/pages.notice/").status_code == 404
    assert client.get("/papers/new/people.slips/").status_code == 404
    assert client.get("/papers/new/nothing/").status_code == 404
    assert Paper.objects.get().removed_at is None


def test_a_file_that_is_deleted_or_lost_is_missing(office, notice, editor, django_capture_on_commit_callbacks):
    paper = services.make(kind="pages.notice", about=notice, by=editor)
    with django_capture_on_commit_callbacks(execute=True):
        office.post(f"/papers/{paper.pk}/remove/")
    assert office.get(f"/papers/{paper.pk}/file/").status_code == 404
    page = office.get(f"/papers/{paper.pk}/").content.decode()
    assert "文件删除时间" in page
    assert f"/papers/{paper.pk}/file/" not in page
    lost = services.make(kind="pages.notice", about=notice, by=editor)
    files.discard(lost.file)
    assert office.get(f"/papers/{lost.pk}/file/").status_code == 404


def test_the_list_costs_the_same_with_many_papers(office, notice, editor, django_assert_max_num_queries):
    services.make(kind="pages.notice", about=notice, by=editor)
    first = Paper.objects.get()
    Paper.objects.bulk_create(
        Paper(
            kind=first.kind,
            title=f"通知{n}",
            about_model=first.about_model,
            about_key=first.about_key,
            made_by=make_user(person=False) if n < 3 else editor,
            made_at=first.made_at,
            file=f"papers/{n}.docx",
            sha256="0" * 64,
            size=1,
        )
        for n in range(40)
    )
    office.get("/papers/")
    with django_assert_max_num_queries(14):
        page = office.get("/papers/")
    assert len(page.context["page_obj"]) == 20
    with django_assert_max_num_queries(14):
        office.get(f"/papers/{first.pk}/")


def test_a_template_is_brought_tried_and_put_back(office, notice, editor):
    address = "/papers/templates/pages.notice/"
    fields = office.get(address).content.decode()
    assert "{{ addressees }}" in fields
    assert "{%tr for row in body %}" in fields
    default = office.get(f"{address}file/")
    assert "{{ title }}" in lines(opened(default.content))
    done = office.post(address, given(written("本中心 {{ title }}")), follow=True)
    assert "模板已启用" in done.content.decode()
    assert lines(opened(office.get(f"{address}file/").content)) == ["本中心 {{ title }}"]
    assert "{{ number }}" in lines(opened(office.get(f"{address}file/?default=1").content))
    assert lines(opened(office.get(f"{address}example/").content)) == ["本中心 关于开展业务培训的通知"]
    office.post(f"{address}default/")
    assert not OwnTemplate.objects.in_use().exists()
    own = OwnTemplate.objects.get()
    assert f"/papers/templates/again/{own.pk}/" in office.get(address).content.decode()
    office.post(f"/papers/templates/again/{own.pk}/")
    assert OwnTemplate.objects.in_use().get() == own


def test_a_default_that_is_brought_back_unchanged_makes_the_same_paper(office, notice, editor):
    before = lines(opened(services.make(kind="pages.notice", about=notice, by=editor)))
    address = "/papers/templates/pages.notice/"
    office.post(address, given(office.get(f"{address}file/").content))
    assert OwnTemplate.objects.in_use().exists()
    assert lines(opened(services.make(kind="pages.notice", about=notice, by=editor))) == before


def test_a_refused_template_is_told_beside_its_field(office):
    address = "/papers/templates/pages.notice/"
    answer = office.post(address, given(written("{{ titel }}")))
    assert answer.status_code == 422
    assert "没有“titel”这个字段" in answer.content.decode()
    assert office.post(address).status_code == 422
    assert office.post(address, given(b"")).status_code == 422
    large = office.post(address, given(b"0" * (3 * 1024 * 1024 + 1)))
    assert "3 MB" in large.content.decode()
    assert not OwnTemplate.objects.exists()


def test_a_foreign_template_is_missing(office, client, union, editor):
    own = services.bring_template(kind="pages.notice", file_name="x.docx", data=written("{{ title }}"), by=editor)
    client.force_login(union)
    for address in ("", "file/", "example/"):
        assert client.get(f"/papers/templates/pages.notice/{address}").status_code == 404
    assert client.post("/papers/templates/pages.notice/default/").status_code == 404
    assert client.post(f"/papers/templates/again/{own.pk}/").status_code == 404
    assert client.get(f"/files/{own.file}").status_code == 404
    assert OwnTemplate.objects.get().in_use


def test_a_lost_template_is_said_on_its_page(office, editor):
    own = services.bring_template(kind="pages.notice", file_name="x.docx", data=written("{{ title }}"), by=editor)
    files.discard(own.file)
    for address in ("file/", "example/"):
        answer = office.get(f"/papers/templates/pages.notice/{address}", follow=True)
        assert "恢复默认模板" in answer.content.decode()


def test_a_title_that_is_no_file_name_is_made_one():
    name = unquote(docx(b"", "关于/“A:B”*?<x>|\\y\n.docx")["Content-Disposition"])
    assert name == "attachment; filename*=UTF-8''关于_“A_B”___x___y_.docx"


def test_every_page_speaks_english_too(office, notice, editor):
    paper = services.make(kind="pages.notice", about=notice, by=editor)
    office.cookies["django_language"] = "en"
    for address in (
        "/papers/",
        f"/papers/{paper.pk}/",
        "/papers/new/pages.notice/",
        "/papers/templates/pages.notice/",
    ):
        assert "Papers" in office.get(address).content.decode()
    assert lines(opened(io.BytesIO(office.get(f"/papers/{paper.pk}/file/").content).getvalue()))[-1].endswith("日")


def test_a_paper_is_chinese_whoever_asks(office, notice):
    office.cookies["django_language"] = "en"
    office.post("/papers/new/pages.notice/", {"about": notice.pk})
    assert lines(opened(Paper.objects.get()))[-2] == "办公室（盖章）"
