import io
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Pictures
from PIL import ImageCms
from wagtail import hooks
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection, CollectionViewRestriction

from intranet.access import files, roles
from intranet.access.models import Role
from intranet.access.registry import PrivateFile
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db
Image, Document = get_image_model(), get_document_model()
MARK = "青石巷17号"


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "uploads")
    (tmp_path / "uploads").mkdir()
    (tmp_path / "secret.txt").write_text("outside")
    cache.clear()  # Wagtail remembers renditions of pictures that other tests rolled back
    return tmp_path / "uploads"


@pytest.fixture
def letter(uploads):
    (uploads / "letters" / "sealed").mkdir(parents=True)
    (uploads / "letters" / "one.pdf").write_bytes(b"%PDF-1.4 one")
    (uploads / "letters" / "sealed" / "two.pdf").write_bytes(b"%PDF-1.4 two")
    (uploads / "letters" / "page.html").write_bytes(b"<script>1</script>")
    (uploads / ".hidden").write_bytes(b"x")
    (uploads / "letters" / ".hidden").write_bytes(b"x")

    def rules():
        return [
            PrivateFile("letters", "letters/", lambda user, path: user.has_role(roles.HR_ADMIN)),
            PrivateFile("sealed", "letters/sealed/", lambda user, path: False),
        ]

    with hooks.register_temporarily("register_private_file", rules):
        yield


@pytest.fixture
def hr(client):
    user = make_user(None, roles.HR_ADMIN)
    client.force_login(user)
    return user


def test_who_the_rule_allows_reads_the_file_and_nobody_else(client, letter, hr):
    answer = client.get("/files/letters/one.pdf")
    assert answer.status_code == 200
    assert answer.getvalue() == b"%PDF-1.4 one"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    client.force_login(make_user())
    assert client.get("/files/letters/one.pdf").status_code == 404
    client.logout()
    assert client.get("/files/letters/one.pdf").status_code == 302


def test_the_longest_prefix_decides_and_without_a_rule_nobody_reads(client, letter, hr, uploads):
    assert client.get("/files/letters/sealed/two.pdf").status_code == 404
    (uploads / "stray.txt").write_text("x")
    assert client.get("/files/stray.txt").status_code == 404
    assert files.rule_for("letters/sealed/two.pdf").key == "sealed"
    assert files.rule_for("letters/one.pdf").key == "letters"


def test_a_rule_is_never_asked_about_a_stranger(letter):
    assert not files.may_read(AnonymousUser(), "letters/one.pdf")
    with hooks.register_temporarily(
        "register_private_file", lambda: PrivateFile("all", "all/", lambda *_given: True)
    ):
        assert files.may_read(make_user(), "all/one.pdf")
        assert not files.may_read(AnonymousUser(), "all/one.pdf")


@pytest.mark.parametrize(
    "path",
    [
        "letters/../../secret.txt",
        "../secret.txt",
        "letters/..%2f..%2fsecret.txt",
        "letters//one.pdf",
        "/letters/one.pdf",
        "letters\\one.pdf",
        "letters/.hidden",
        ".hidden",
        "letters/one.pdf%00.png",
        "letters",
        "letters/missing.pdf",
    ],
)
def test_no_path_leads_outside_or_to_what_is_no_file(client, letter, hr, path):
    assert client.get(f"/files/{path}").status_code == 404


def test_a_link_that_leads_outside_is_not_followed(client, letter, hr, uploads):
    (uploads / "letters" / "link.txt").symlink_to(uploads.parent / "secret.txt")
    assert client.get("/files/letters/link.txt").status_code == 404


def test_an_unchanged_file_is_not_sent_again_but_the_right_is_asked_again(client, letter, hr):
    etag = client.get("/files/letters/one.pdf")["ETag"]
    assert client.get("/files/letters/one.pdf", HTTP_IF_NONE_MATCH=etag).status_code == 304
    client.force_login(make_user())
    assert client.get("/files/letters/one.pdf", HTTP_IF_NONE_MATCH=etag).status_code == 404


def test_html_is_downloaded_and_never_shown(client, letter, hr):
    answer = client.get("/files/letters/page.html")
    assert answer["Content-Disposition"].startswith("attachment")


def test_with_nginx_the_application_only_says_yes(client, letter, hr, settings):
    settings.PRIVATE_FILES_ACCEL = "/protected/"
    answer = client.get("/files/letters/one.pdf")
    assert answer["X-Accel-Redirect"] == "/protected/letters/one.pdf"
    assert answer.content == b""
    assert client.get("/files/letters/sealed/two.pdf").status_code == 404


def photograph(kind="JPEG", orientation=6):
    """A picture, left half red, right half blue, as a telephone would write it: turned, with place and maker."""
    picture = Pictures.new("RGB", (80, 40), "red")
    picture.paste("blue", (40, 0, 80, 40))
    exif = Pictures.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = MARK
    exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 15.0, 20.0), 3: "E", 4: (120.0, 9.0, 1.0)})
    target = io.BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture.save(target, format=kind, exif=exif, icc_profile=profile)
    return target.getvalue()


def uploaded(data, name="photo.jpg", collection=None):
    image = Image(title="照片", file=SimpleUploadedFile(name, data))
    if collection is not None:
        image.collection = collection
    image._set_image_file_metadata()
    image.save()
    return image


@pytest.mark.parametrize(("kind", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("WEBP", "a.webp")])
def test_place_and_maker_are_gone_from_the_original_and_the_picture_stands_upright(kind, name):
    data = photograph(kind)
    with Pictures.open(io.BytesIO(data)) as given:
        assert given.getexif().get_ifd(0x8825)
    image = uploaded(data, name)
    stored = image.file.path
    assert MARK.encode() not in Path(stored).read_bytes()
    with Pictures.open(stored) as kept:
        assert kept.format == kind
        assert not kept.getexif()
        assert "exif" not in kept.info
        assert kept.size == (40, 80)
        top, bottom = kept.convert("RGB").getpixel((20, 10)), kept.convert("RGB").getpixel((20, 70))
        assert top[0] > 200 > top[2]
        assert bottom[2] > 200 > bottom[0]
        assert kept.info.get("icc_profile")
    image.refresh_from_db()
    assert (image.width, image.height) == (40, 80)
    assert image.file_size == len(Path(stored).read_bytes())
    rendition = image.get_rendition("max-20x20")
    with Pictures.open(rendition.file.path) as small:
        assert not small.getexif()


@pytest.mark.control
def test_without_the_step_at_upload_the_place_stays(monkeypatch):
    from django.db.models.signals import pre_save

    pre_save.disconnect(sender=Image, dispatch_uid="access.strip_metadata")
    try:
        image = uploaded(photograph())
    finally:
        from intranet.access import wagtail_media

        pre_save.connect(wagtail_media.strip_at_upload, sender=Image, dispatch_uid="access.strip_metadata")
    with Pictures.open(image.file.path) as kept:
        assert kept.getexif().get_ifd(0x8825)


def test_a_picture_without_metadata_is_stored_as_it_is():
    target = io.BytesIO()
    Pictures.new("RGB", (10, 10), "red").save(target, format="JPEG")
    image = uploaded(target.getvalue())
    assert Path(image.file.path).read_bytes() == target.getvalue()


def restricted(kind, *role_keys):
    collection = Collection.get_first_root_node().add_child(name="内部")
    restriction = CollectionViewRestriction.objects.create(collection=collection, restriction_type=kind, password="x")
    restriction.groups.set(Role.objects.filter(key__in=role_keys).values_list("group", flat=True))
    return collection


def test_pictures_are_for_everyone_signed_in_and_for_nobody_else(client):
    image = uploaded(photograph())
    addresses = [image.file.url, image.get_rendition("max-20x20").url]
    for address in addresses:
        assert address.startswith("/files/")
        assert client.get(address)["Location"].startswith("/sign-in/")
    client.force_login(make_user())
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize(("role", "status"), [(roles.UNION_OFFICER, 200), (roles.HR_ADMIN, 404)])
def test_a_restricted_collection_is_for_its_groups(client, role, status):
    image = uploaded(photograph(), collection=restricted("groups", roles.UNION_OFFICER))
    document = Document.objects.create(
        title="纪要", file=SimpleUploadedFile("m.pdf", b"%PDF-1.4"), collection=image.collection
    )
    client.force_login(make_user(None, role))
    for address in (image.file.url, image.get_rendition("max-20x20").url, document.file.url, document.url):
        assert client.get(address).status_code == status, address


def test_a_collection_behind_a_password_gives_no_bare_file(client):
    image = uploaded(photograph(), collection=restricted("password"))
    client.force_login(make_user(None, roles.UNION_OFFICER))
    assert client.get(image.file.url).status_code == 404


def test_a_file_that_no_row_knows_any_more_is_not_served(client):
    image = uploaded(photograph())
    address = image.file.url
    Image.objects.filter(pk=image.pk).delete()
    client.force_login(make_user())
    assert client.get(address).status_code == 404
