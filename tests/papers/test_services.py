"""Making, filing, logging and letting go; own templates and their history; two people at once."""

import dataclasses
import datetime as dt
import hashlib

import pytest
from wagtail import hooks

from intranet import clock
from intranet.access.exceptions import NotAllowed
from intranet.access.models import AuditEntry
from intranet.papers import registry, services
from intranet.papers.exceptions import PaperError, TemplateRefused
from intranet.papers.models import OwnTemplate, Paper
from intranet.papers.rights import may_read_file
from intranet.papers.services.files import located
from intranet.people.models import Unit
from tests.papers.conftest import LIST
from tests.papers.documents import lines, opened, written
from tests.people.test_races import at_once
from tests.people_of_the_hall import make_user

OWN = written("本中心的模板", "{{ title }}")


@pytest.mark.django_db
def test_a_paper_is_on_disk_in_the_list_and_in_the_log(plain_kind, editor):
    paper = services.make(kind="tests.list", by=editor)
    content = located(paper.file).read_bytes()
    assert (paper.title, paper.made_by, paper.kind, paper.about) == ("名单", editor, "tests.list", "")
    assert (paper.sha256, paper.size) == (hashlib.sha256(content).hexdigest(), len(content))
    entry = AuditEntry.objects.get(action="papers.make")
    assert (entry.object_id, entry.user, entry.label) == (str(paper.pk), editor, f"paper {paper.pk}")
    assert list(Paper.objects.visible_to(editor)) == [paper]


@pytest.mark.django_db
def test_who_does_not_make_a_kind_neither_makes_nor_reads_it(plain_kind, editor, clerk):
    paper = services.make(kind="tests.list", by=editor)
    for stranger in (clerk, make_user(None, "hr_admin")):
        with pytest.raises(NotAllowed):
            services.make(kind="tests.list", by=stranger)
        assert not Paper.objects.visible_to(stranger).exists()
        assert not may_read_file(stranger, paper.file)
        with pytest.raises(NotAllowed):
            services.remove_file(paper=paper, by=stranger)
        with pytest.raises(NotAllowed):
            services.bring_template(kind="tests.list", file_name="x.docx", data=OWN, by=stranger)
    with pytest.raises(NotAllowed):
        services.make(kind="tests.nothing", by=editor)
    assert may_read_file(editor, paper.file)


@pytest.mark.django_db
def test_a_paper_is_read_as_long_as_its_object_is(editor):
    """Whoever may no longer see what it is about, does not see the paper either; nor when the object has gone."""
    seen, hidden = Unit.objects.create(name="甲局", kind="centre"), Unit.objects.create(name="乙局", kind="centre")
    shown = {seen.pk, hidden.pk}
    kind = dataclasses.replace(LIST, subjects=lambda user: Unit.objects.filter(pk__in=shown))
    with hooks.register_temporarily("register_paper", lambda: kind):
        papers = [services.make(kind="tests.list", about=unit, by=editor) for unit in (seen, hidden)]
        assert papers[1].about == f"people.unit:{hidden.pk}"
        assert set(Paper.objects.visible_to(editor)) == set(papers)
        assert list(Paper.objects.about(papers[0].about)) == [papers[0]]
        for nonsense in ("people.unit", "people.unit:x", "people.unit:²", ":", f"people.unit:{'9' * 30}"):
            assert not Paper.objects.about(nonsense).exists()
        shown.remove(hidden.pk)
        assert list(Paper.objects.visible_to(editor)) == [papers[0]]
        with pytest.raises(NotAllowed):
            services.make(kind="tests.list", about=hidden, by=editor)
        with pytest.raises(PaperError):
            services.make(kind="tests.list", by=editor)
        # A key alone says nothing: it may be that of something else.
        with pytest.raises(NotAllowed):
            services.make(kind="tests.list", about=type(editor)(pk=seen.pk), by=editor)
    with hooks.register_temporarily("register_paper", lambda: LIST), pytest.raises(NotAllowed):
        services.make(kind="tests.list", about=seen, by=editor)


@pytest.mark.django_db
def test_days_and_columns_that_make_no_sense_are_told(editor):
    kind = dataclasses.replace(LIST, spans=True, columns=(registry.Field("name", "姓名"),))
    day = dt.date(2026, 1, 1)
    with hooks.register_temporarily("register_paper", lambda: kind):
        for first, last in ((None, day), (day, None), (day, day - dt.timedelta(days=1)), (day, dt.date(2036, 1, 1))):
            with pytest.raises(PaperError):
                services.make(kind="tests.list", first=first, last=last, by=editor)
        with pytest.raises(PaperError):
            services.make(kind="tests.list", first=day, last=day, columns=("secret",), by=editor)
        assert services.make(kind="tests.list", first=day, last=day, columns=("name",), by=editor).first == day
    assert Paper.objects.count() == 1


@pytest.mark.django_db
def test_a_disk_that_takes_nothing_leaves_no_entry_and_a_failed_entry_no_file(
    plain_kind, editor, uploads, monkeypatch
):
    monkeypatch.setattr("intranet.papers.services.making.audit.record", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        services.make(kind="tests.list", by=editor)
    assert not Paper.objects.exists()
    assert not list(uploads.rglob("*.docx"))
    monkeypatch.undo()
    (uploads / "papers").rmdir()
    (uploads / "papers").write_text("in the way")
    with pytest.raises(PaperError, match="磁盘"):
        services.make(kind="tests.list", by=editor)
    assert not Paper.objects.exists()


@pytest.mark.django_db
def test_a_deleted_file_leaves_its_entry(plain_kind, editor, django_capture_on_commit_callbacks):
    paper = services.make(kind="tests.list", by=editor)
    for _twice in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            services.remove_file(paper=paper, by=editor)
    paper.refresh_from_db()
    assert paper.removed_by == editor
    assert not located(paper.file).exists()
    assert not may_read_file(editor, paper.file)
    assert AuditEntry.objects.filter(action="papers.remove_file").count() == 1
    assert list(Paper.objects.visible_to(editor)) == [paper]


@pytest.mark.django_db
def test_what_is_kept_for_a_time_goes_by_itself_and_nothing_else(editor):
    now = clock.now()
    kept = dataclasses.replace(LIST, key="tests.kept", kept_for=dt.timedelta(days=30))
    with hooks.register_temporarily("register_paper", lambda: [kept, LIST]):
        with clock.at(now - dt.timedelta(days=31)):
            old, other = (services.make(kind=kind, by=editor) for kind in ("tests.kept", "tests.list"))
        with clock.at(now - dt.timedelta(days=29)):
            young = services.make(kind="tests.kept", by=editor)
        assert services.remove_old_files(now) == 1
        assert services.remove_old_files(now) == 0
    assert [located(paper.file).exists() for paper in (old, young, other)] == [False, True, True]


@pytest.mark.django_db
def test_the_clock_lets_old_files_go(personnel):
    from intranet.reminders.services import tick

    with clock.at(clock.now() - dt.timedelta(days=40)):
        paper = services.make(kind="people.staff_list", columns=("name",), by=personnel)
    tick(clock.now())
    paper.refresh_from_db()
    assert paper.removed_at is not None
    assert paper.removed_by is None


@pytest.mark.django_db
def test_an_own_template_is_used_until_the_default_is_wanted_again(plain_kind, editor):
    first = services.bring_template(kind="tests.list", file_name="C:\\公文\\一.docx", data=OWN, by=editor)
    assert lines(opened(services.make(kind="tests.list", by=editor))) == ["本中心的模板", "名单"]
    second = services.bring_template(
        kind="tests.list", file_name="二.docx", data=written("二 {{ title }}"), by=editor
    )
    assert lines(opened(services.make(kind="tests.list", by=editor))) == ["二 名单"]
    assert [one.pk for one in OwnTemplate.objects.in_use()] == [second.pk]
    services.use_again(template=first, by=editor)
    assert lines(opened(services.make(kind="tests.list", by=editor))) == ["本中心的模板", "名单"]
    assert services.back_to_default(kind="tests.list", by=editor)
    assert not services.back_to_default(kind="tests.list", by=editor)
    assert lines(opened(services.make(kind="tests.list", by=editor)))[-1].endswith("日")
    assert OwnTemplate.objects.count() == 2
    actions = AuditEntry.objects.filter(action__contains="template").order_by("pk").values_list("action", flat=True)
    assert list(actions) == [
        "papers.bring_template",
        "papers.bring_template",
        "papers.use_template_again",
        "papers.default_template",
    ]


@pytest.mark.django_db
def test_a_refused_template_leaves_the_one_in_use(plain_kind, editor, uploads):
    services.bring_template(kind="tests.list", file_name="一.docx", data=OWN, by=editor)
    files = set(uploads.rglob("*.docx"))
    with pytest.raises(TemplateRefused):
        services.bring_template(kind="tests.list", file_name="二.docx", data=written("{{ secret }}"), by=editor)
    assert set(uploads.rglob("*.docx")) == files
    assert OwnTemplate.objects.get().in_use


@pytest.mark.django_db
def test_a_template_whose_fields_have_gone_since_is_not_taken_up_again(plain_kind, editor):
    old = services.bring_template(kind="tests.list", file_name="一.docx", data=written("{{ signature }}"), by=editor)
    services.back_to_default(kind="tests.list", by=editor)
    located(old.file).write_bytes(written("{{ gone }}"))
    with pytest.raises(TemplateRefused):
        services.use_again(template=old, by=editor)
    located(old.file).unlink()
    with pytest.raises(PaperError):
        services.use_again(template=old, by=editor)
    assert not OwnTemplate.objects.in_use().exists()


@pytest.mark.django_db
def test_a_template_lost_from_the_disk_is_said_and_the_default_still_helps(plain_kind, editor):
    own = services.bring_template(kind="tests.list", file_name="一.docx", data=OWN, by=editor)
    located(own.file).unlink()
    with pytest.raises(PaperError, match="恢复默认"):
        services.make(kind="tests.list", by=editor)
    services.back_to_default(kind="tests.list", by=editor)
    assert services.make(kind="tests.list", by=editor).pk


def test_two_officers_who_make_the_same_paper_both_get_theirs(own_database, uploads):
    with hooks.register_temporarily("register_paper", lambda: LIST):
        officers = [make_user(None, "site_editor", person=False) for _number in range(4)]
        made = at_once(*(lambda by=by: services.make(kind="tests.list", by=by) for by in officers))
    assert all(isinstance(paper, Paper) for paper in made), made
    assert len({paper.file for paper in made}) == 4
    assert {paper.made_by_id for paper in Paper.objects.all()} == {user.pk for user in officers}
    assert len(list(uploads.rglob("*.docx"))) == 4


def test_two_templates_brought_at_once_leave_one_in_use(own_database, uploads):
    with hooks.register_temporarily("register_paper", lambda: LIST):
        by = make_user(None, "site_editor", person=False)
        results = at_once(
            *(
                lambda n=n: services.bring_template(kind="tests.list", file_name=f"{n}.docx", data=OWN, by=by)
                for n in range(4)
            )
        )
        assert OwnTemplate.objects.in_use().count() == 1
        brought = [one for one in results if isinstance(one, OwnTemplate)]
        assert brought
        assert all(isinstance(one, OwnTemplate | PaperError) for one in results), results
    assert len(list(uploads.rglob("*.docx"))) == len(brought) == OwnTemplate.objects.count()


@pytest.mark.control
@pytest.mark.django_db
def test_without_the_constraint_two_could_be_in_use(plain_kind, editor):
    from django.db import IntegrityError, transaction

    own = services.bring_template(kind="tests.list", file_name="一.docx", data=OWN, by=editor)
    own.pk, own.file = None, "papers/templates/other.docx"
    with pytest.raises(IntegrityError), transaction.atomic():
        own.save()
