"""A hall with one account for each role, a colleague of the same team, and somebody from elsewhere."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from PIL import Image as Pictures
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection, CollectionViewRestriction, Page, Site

from intranet import clock
from intranet.access.models import Role, User
from intranet.access.roles import (
    CENTRE_LEADER,
    CHIEF_REPRESENTATIVE,
    ROLES,
    SITE_EDITOR,
    STAFF,
    UNION_OFFICER,
    WINDOW_HEAD,
)
from intranet.calendars.models import FeedToken, Scheduled
from intranet.calendars.services import issue_token
from intranet.figures.models import Incident
from intranet.pages.services import publish_notice
from intranet.papers.models import OwnTemplate, Paper
from intranet.people.models import Body, CorrectionRequest, Leadership, Membership, Posting, Unit, Window, Zone
from intranet.reminders.group_notices import token_for
from intranet.reminders.models import GroupPost, InboxMessage, OutboxRow, Robot
from intranet.reminders.registry import GroupText
from intranet.sheets.models import KnownHeading, SheetUpload
from intranet.workdays.models import Day
from tests.people_of_the_hall import make_user

# A Thursday morning; everything measured happens at this instant.
NOW = clock.parse("2026-11-05T10:00")
LONG_AGO = dt.date(2020, 1, 6)
STRANGER = "stranger"


@dataclass
class World:
    """``users`` by role; ``mate`` works in their unit and at their window, ``foreigner`` elsewhere.

    ``things[user.pk]`` holds what belongs to a person, by name; ``shared`` what belongs to nobody.
    """

    users: dict[str, User] = field(default_factory=dict)
    mate: Any = None
    foreigner: Any = None
    things: dict[int, dict[str, Any]] = field(default_factory=dict)
    shared: dict[str, Any] = field(default_factory=dict)

    def each(self, user: User | None, name: str) -> tuple[Any, Any, Any]:
        """A thing of the person (of the foreigner's colleague, for strangers), of a mate, of the foreigner."""
        own = user or self.mate
        return tuple(self.things[who.pk][name] for who in (own, self.mate, self.foreigner))


def build() -> World:
    world = World()
    here = Unit.objects.create(name="矩阵住建局", kind="posting_department")
    elsewhere = Unit.objects.create(name="矩阵税务局", kind="posting_department")
    zone = Zone.objects.create(name="矩阵区")
    windows = {
        here: Window.objects.create(number="901", name="不动产登记", zone=zone),
        elsewhere: Window.objects.create(number="902", name="办税", zone=zone),
    }
    for unit, window in windows.items():
        window.units.add(unit)
    body = Body.objects.create(name="矩阵工会小组", kind="union_group")
    world.users = {role: make_user(f"M{number:03d}", role) for number, role in enumerate(ROLES, 1)}
    world.mate, world.foreigner = make_user("M900", STAFF), make_user("M999", STAFF)
    for user in (*world.users.values(), world.mate):
        world.things[user.pk] = things_of(user, here, windows[here], body)
    world.things[world.foreigner.pk] = things_of(world.foreigner, elsewhere, windows[elsewhere], body)
    lead(world.users[CHIEF_REPRESENTATIVE], CHIEF_REPRESENTATIVE, unit=here)
    lead(world.users[WINDOW_HEAD], WINDOW_HEAD, window=windows[here])
    world.shared = shared_things(zone, world.users[SITE_EDITOR])
    if apps.is_installed("evaluations"):
        world.shared |= a_round(world) | an_assessed_round(world)
        for user in (*world.users.values(), world.mate, world.foreigner):
            world.things[user.pk] |= recommended(user, world.shared["round"])
    return world


def a_round(world: World) -> dict[str, Any]:
    """A round in which voting is open; its people are nobody of the world."""
    from evaluations.models import Objection
    from evaluations.services import terminals
    from tests.evaluations import hall

    made = hall.make_hall()
    election = hall.voting_round(made)
    terminal, _token = terminals.open_terminal(label="大厅东角", by=made.officer)
    nomination = election.nominations.first()
    objection = Objection.objects.create(
        election=election,
        number=1,
        channel="unnamed",
        text="内容",
        received_on=NOW.date(),
        by=election.created_by,
        created_at=NOW,
    )
    new_year = election.period_first.replace(month=1)
    skip = election.award.skips.create(
        period_first=new_year,
        reason="春节",
        by=world.users[UNION_OFFICER],
        created_at=NOW,
    )
    return {
        "skip": skip.pk,
        "objection": objection.pk,
        "round": election.slug,
        "award": election.award.slug,
        "nomination": nomination.pk,
        "candidate": nomination.person_id,
        "terminal": terminal.pk,
    }


def an_assessed_round(world: World) -> dict[str, Any]:
    """A round whose inputs are frozen; whoever leads the centre had a seat on its panel."""
    from evaluations.services import assessment
    from tests.evaluations import assessed, hall

    its_hall = hall.make_hall()
    award = assessed.make_award_without_ballot(its_hall)
    assessed.component(award, "leaders", "panel", "100", label="领导评分", panel_roles=[CENTRE_LEADER])
    election = assessed.reviewed(its_hall, award)
    for seat in election.seats.select_related("user"):
        assessed.give(election, seat.user, "90", "80", "70", at=NOW)
    with clock.at(NOW):
        assessment.freeze(election=election, by=its_hall.officer)
    return {"assessed": election.slug}


def recommended(user: User, slug: str) -> dict[str, Any]:
    """A recommendation by oneself, accepted, with a veto against it; and an honour from before the site."""
    from evaluations.models import Election, Honour, Nomination, Veto

    election = Election.objects.get(slug=slug)
    made = Nomination.objects.create(
        election=election, kind="self", person=user.person, by=user, reason="理由", state="accepted", created_at=NOW
    )
    veto = Veto.objects.create(nomination=made, kind="discipline", evidence="证据", by=user, created_at=NOW)
    honour = Honour.objects.create(
        person=user.person, award_name="先进个人", name=user.name, period_label="2020年", published_on=LONG_AGO
    )
    return {"nomination": made.pk, "veto": veto.pk, "honour": honour.pk}


def lead(user: User, kind: str, **place: Any) -> None:
    Leadership.objects.create(kind=kind, person=user.person, starts_on=LONG_AGO, **place)


def things_of(user: User, unit: Unit, window: Window, body: Body) -> dict[str, Any]:
    person = user.person
    person.entered_on = LONG_AGO
    person.save()
    posting = Posting.objects.create(person=person, unit=unit, window=window, starts_on=LONG_AGO)
    label = f"access.user:{user.pk}"
    outbox = OutboxRow.objects.create(
        rule="matrix", object=label, occasion="once", recipient=user, channel="inbox", due=NOW, until=NOW
    )
    token = issue_token(user=user, label="手机")
    digest = stored_sheet(user)
    return {
        "user": user.pk,
        "username": user.username,
        "person": person.pk,
        "posting": posting.pk,
        "unit": unit.pk,
        "window": window.pk,
        "leadership": Leadership.objects.create(
            kind="unit_head", person=person, unit=unit, starts_on=LONG_AGO, ends_on=LONG_AGO
        ).pk,
        "membership": Membership.objects.create(person=person, body=body, starts_on=LONG_AGO).pk,
        "correction": CorrectionRequest.objects.create(
            person=person, field="mobile", text="请更正", requested_at=NOW
        ).pk,
        "incident": Incident.objects.create(
            person=person,
            kind="complaint",
            channel="desk",
            occurred_on=NOW.date(),
            text="经过",
            registered_by=user,
            registered_at=NOW,
        ).pk,
        "message": InboxMessage.objects.create(recipient=user, outbox=outbox, subject="提醒", received_at=NOW).pk,
        "token": token,
        "picture": token_for(user, GroupText("通知", "矩阵通知", "请阅读。", "/notices/")),
        "upload": SheetUpload.objects.create(
            person=user, kind="staff_register", file_name="x.xlsx", sha256=digest, size=1, uploaded_at=NOW
        ).pk,
        "subscription": FeedToken.objects.filter(user=user).latest("pk").pk,
        "file": f"sheets/{digest}",
    }


def stored_sheet(user: User) -> str:
    """A file that only its owner may read, if anybody; gives its name, which is its fingerprint."""
    digest = hashlib.sha256(user.username.encode()).hexdigest()
    folder = Path(settings.MEDIA_ROOT) / "sheets"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / digest).write_bytes(user.username.encode())
    return digest


def shared_things(zone: Zone, editor: User) -> dict[str, Any]:
    site = Site.objects.get(is_default_site=True)
    page = ContentType.objects.get_for_model(Page)
    OutboxRow.objects.create(
        rule="people.sign_in_told",
        object="access.auditentry:1",
        occasion="matrix",
        recipient=editor,
        channel="inbox",
        due=NOW,
        until=NOW,
        state="sent",
    )
    entry = Scheduled.objects.create(uid="matrix@hall", starts=NOW, ends=NOW, changed_at=NOW)
    return {
        **things_of_editors(editor),
        **papers_of(editor),
        "page": site.root_page_id,
        "site": site.pk,
        "group": Role.objects.get(key=STAFF).group_id,
        "day": Day.objects.filter(day__year=2026).first().pk,
        "zone": zone.pk,
        "body": Body.objects.get(name="矩阵工会小组").pk,
        "collection": Collection.get_first_root_node().pk,
        "content_type": page.pk,
        "known_heading": KnownHeading.objects.create(
            kind="staff_register", spelling="去处", heading="去处", column="unit", said_at=NOW
        ).pk,
        "uid": entry.uid,
        **a_robot(),
        "nothing": 987654321,
    }


def papers_of(maker: User) -> dict[str, Any]:
    """Material for the yearly report, and a template for it: for everyone who writes such a report."""
    file = "papers/matrix.docx"
    place = Path(settings.MEDIA_ROOT) / file
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"PK")
    common = {"kind": "papers.material", "sha256": "0" * 64, "size": 2}
    paper = Paper.objects.create(title="素材", made_by=maker, made_at=NOW, file=file, **common)
    template = OwnTemplate.objects.create(
        file_name="模板.docx",
        brought_by=maker,
        brought_at=NOW,
        in_use=False,
        file="papers/templates/m.docx",
        **common,
    )
    return {"paper": paper.pk, "own_template": template.pk}


def a_robot() -> dict[str, Any]:
    """A robot that is turned on, and a message that waits."""
    robot = Robot.objects.create(name="矩阵群", form="wecom", shown="qyapi.weixin.qq.com…0000", is_on=True)
    post = GroupPost.objects.create(
        kind="matrix", object="matrix:1", occasion="once", robot=robot, due=NOW, until=NOW + dt.timedelta(days=1)
    )
    return {"robot": robot.pk, "group_post": post.pk}


def things_of_editors(editor: User) -> dict[str, Any]:
    """A notice, a picture and a document, the two in a collection that is closed to all but the union's officers."""
    closed = Collection.get_first_root_node().add_child(name="矩阵内部")
    restriction = CollectionViewRestriction.objects.create(collection=closed, restriction_type="groups")
    restriction.groups.set([Role.objects.get(key=UNION_OFFICER).group_id])
    notice = publish_notice(
        title="矩阵通知", text="正文", issuing_unit="办公室", date=NOW.date(), by=None, must_read=True
    )
    picture = BytesIO()
    Pictures.new("RGB", (8, 8), "white").save(picture, format="PNG")
    image = get_image_model()(title="矩阵图片", file=ContentFile(picture.getvalue(), "matrix.png"), collection=closed)
    image._set_image_file_metadata()
    image.save()
    document = get_document_model().objects.create(
        title="矩阵文件", file=ContentFile(b"%PDF-1.4", "matrix.pdf"), collection=closed
    )
    return {
        "notice": notice.pk,
        "revision": notice.save_revision(user=editor).pk,
        "image": image.pk,
        "document": document.pk,
        "document_file": document.filename,
        "restriction": restriction.pk,
    }
