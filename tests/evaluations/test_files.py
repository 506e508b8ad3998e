"""Scans and photos of a round: what is kept of them, and who may read which."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from evaluations import scans
from evaluations.exceptions import RoundError
from evaluations.models import RoundFile
from evaluations.services import files, filing
from intranet import clock
from tests.people_of_the_hall import make_user

from .hall import OPENS, close, make_award, make_hall, opened, place, vote, voting_round
from .scans import PDF, pdf, photo

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def hall(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return make_hall(4)


def kept(election, kind, by, upload=None):
    return files.file(election=election, kind=kind, upload=upload or pdf(), title="扫描件", by=by)


def refusal(election, by, upload, kind="evidence", title="x"):
    with pytest.raises(RoundError) as error:
        files.file(election=election, kind=kind, upload=upload, title=title, by=by)
    return str(error.value)


def test_a_file_is_kept_under_a_name_that_says_nothing_with_its_hash(hall):
    row = kept(opened(hall), "evidence", hall.officer, pdf("王小明投诉.pdf"))
    assert row.file.name.startswith("evaluations/")
    assert row.file.name.endswith(".pdf")
    assert "王" not in row.file.name
    assert (row.sha256, row.size) == (hashlib.sha256(PDF).hexdigest(), len(PDF))
    assert Path(settings.MEDIA_ROOT, row.file.name).read_bytes() == PDF


@pytest.mark.parametrize(("kind", "ending"), [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp")])
def test_pictures_lose_what_the_camera_wrote(hall, kind, ending):
    given = photo(kind)
    assert b"SecretCamera" in given.read(), "the picture must carry what is to be lost"
    row = kept(opened(hall), "evidence", hall.officer, given)
    content = Path(settings.MEDIA_ROOT, row.file.name).read_bytes()
    assert row.file.name.endswith(ending)
    assert b"SecretCamera" not in content
    assert dict(Image.open(io.BytesIO(content)).getexif()) == {}
    assert row.sha256 == hashlib.sha256(content).hexdigest()


def test_what_is_no_scan_is_refused(hall, monkeypatch):
    election = opened(hall)
    page = SimpleUploadedFile("scan.pdf", b"<html><script>alert(1)</script>", "application/pdf")
    assert refusal(election, hall.officer, page).startswith("This file cannot be read.")
    cut = SimpleUploadedFile("scan.jpg", photo().read()[:200], "image/jpeg")
    assert refusal(election, hall.officer, cut).startswith("This file cannot be read.")
    gif = io.BytesIO()
    Image.new("RGB", (4, 4)).save(gif, "GIF")
    assert refusal(election, hall.officer, SimpleUploadedFile("a.gif", gif.getvalue())).startswith("This file cannot")
    large = SimpleUploadedFile("scan.pdf", b"%PDF-" + b"0" * scans.LARGEST, "application/pdf")
    assert refusal(election, hall.officer, large).startswith("The file is larger than 10 MB.")
    monkeypatch.setattr(scans, "MOST_PIXELS", 40 * 30 - 1)
    assert refusal(election, hall.officer, photo()).startswith("The picture is too large.")
    assert refusal(election, hall.officer, pdf(), title=" ").startswith("Say in a few words")
    assert refusal(election, hall.officer, pdf(), kind="song").startswith("Say what kind")
    assert refusal(election, hall.staff[0], pdf()).startswith("Only union officers")
    assert refusal(election, hall.scrutineer, pdf()).startswith("Only union officers")
    assert RoundFile.objects.count() == 0
    assert not any(Path(settings.MEDIA_ROOT).rglob("*.*"))


def status(client, user, row):
    client.force_login(user)
    return client.get(f"/files/{row.file.name}").status_code


def readers(client, row, **users):
    return {name for name, user in users.items() if status(client, user, row) == 200}


def test_who_reads_which_file(hall, client):
    election = voting_round(hall, candidates=2)
    vote(election, hall.staff[3], election.candidates.first().key)
    people = {
        "officer": hall.officer,
        "scrutineer": hall.scrutineer,
        "auditor": make_user(None, "auditor"),
        "staff": hall.staff[3],
    }
    private = [kept(election, kind, hall.officer) for kind in ("evidence", "objection")]
    signed = kept(election, "signed_record", hall.scrutineer)
    photo_of_it = kept(election, "notice_photo", hall.officer, photo())
    for row in private:
        assert readers(client, row, **people) == {"officer", "auditor"}
    assert readers(client, photo_of_it, **people) == {"officer", "auditor", "scrutineer"}
    election = close(election)
    type(election).objects.filter(pk=election.pk).update(notice_first=clock.today(), phase="public_notice")
    assert readers(client, photo_of_it, **people) == set(people)
    # Few could vote, and what scrutineers sign has the numbers.
    assert readers(client, signed, **people) == {"auditor", "scrutineer"}
    for row in private:
        assert readers(client, row, **people) == {"officer", "auditor"}
    client.logout()
    assert client.get(f"/files/{signed.file.name}").status_code in (302, 404)


def test_what_is_signed_is_read_by_who_stands_from_the_notice_on(client, db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    hall = make_hall(9)
    clerk = make_user(None, "union_officer")
    place(clerk, hall.unit, hall.window)
    hall.staff[0] = clerk
    election = voting_round(hall, candidates=2)
    vote(election, hall.staff[3], election.candidates.first().key)
    election = close(election)
    people = {"stands": clerk, "officer": hall.officer, "scrutineer": hall.scrutineer, "staff": hall.staff[3]}
    scans_of_it = [kept(election, kind, hall.officer) for kind in ("signed_record", "minutes")]
    for row in scans_of_it:
        assert readers(client, row, **people) == {"officer", "scrutineer"}
    type(election).objects.filter(pk=election.pk).update(notice_first=clock.today(), phase="public_notice")
    for row in scans_of_it:
        assert readers(client, row, **people) == set(people)


def test_a_sealed_form_is_read_by_whom_it_names_and_by_no_other(hall, client):
    election = opened(hall, make_award(hall))
    with clock.at(OPENS):
        made = filing.file_recommendation(
            election=election, unit=hall.unit, person=hall.person(0), reason="好", upload=pdf(), by=hall.officer
        )
    people = {"officer": hall.officer, "named": hall.staff[0], "other": hall.staff[1], "scrutineer": hall.scrutineer}
    assert readers(client, made.scan, **people) == {"officer", "named", "scrutineer"}


def test_an_officer_who_stands_does_not_read_what_is_said_against_others(hall, client):
    from evaluations.models import Nomination

    election = voting_round(hall, candidates=2)
    row = kept(election, "evidence", hall.officer)
    second = make_user(None, "union_officer")
    assert status(client, second, row) == 200
    Nomination.objects.create(
        election=election,
        kind="self",
        person=second.person,
        by=second,
        reason="x",
        state="accepted",
        created_at=OPENS,
    )
    assert status(client, second, row) == 404


def test_a_path_without_its_row_is_nobodys(hall, client):
    stray = Path(settings.MEDIA_ROOT, "evaluations", "stray.pdf")
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(PDF)
    client.force_login(hall.officer)
    assert client.get("/files/evaluations/stray.pdf").status_code == 404
