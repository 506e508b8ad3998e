"""What a .docx package may hold before python-docx opens it: text and pictures; no code, nothing from elsewhere."""

from __future__ import annotations

import re
from html import unescape

from django.utils.translation import gettext as _

from intranet.access import archives

from .exceptions import TemplateRefused

UPLOAD = 3 * 1024 * 1024
LIMITS = archives.Limits(unpacked=30 * 1024 * 1024, members=400, ratio=150, ratio_from=2 * 1024 * 1024)
# A template is a page or two; looking for fields in more would take long.
LARGEST_PART = 2 * 1024 * 1024
MOST_TAGS = 60_000
DOCUMENT = "word/document.xml"
ENCODING = re.compile(r"""\s*<\?xml[^>]*\bencoding\s*=\s*["']([^"']*)["']""")
OLE = b"\xd0\xcf\x11\xe0"
RELATIONSHIP = re.compile(r"<(?:\w+:)?Relationship\b([^<>]*)>")
ATTRIBUTE = re.compile(r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
# Fields of Word that fetch or start something when the paper is opened.
FETCHING = re.compile(
    r"\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|INCLUDE|IMPORT|LINK|DATABASE|MACROBUTTON|AUTOTEXT|RD|HTMLCONTROL)\b",
    re.IGNORECASE,
)
FIELD_CODE = re.compile(r"<(?:\w+:)?instrText\b[^<>]*>([^<]*)<|\b(?:\w+:)?instr=(?:\"([^\"]*)\"|'([^']*)')")
CODE = ("vbaproject", "word/vba", "word/activex/", "word/embeddings/", "customui/", "word/afchunk")


def opened(data: bytes) -> dict[str, str]:
    """The XML of a template's parts by name; raises TemplateRefused with what is in it and what to do."""
    members = _members(data)
    if DOCUMENT not in members:
        raise TemplateRefused(_("This is not a Word document. Save the template as .docx and bring that."))
    parts = {name: _text(name, content) for name, content in members.items()}
    for name, text in parts.items():
        if name.endswith(".rels"):
            _check_relationships(text)
        elif name == "[content_types].xml" and "macroenabled" in text.lower():
            _refuse_code()
        else:
            _check_field_codes(text)
    return parts


def _members(data: bytes) -> dict[str, bytes]:
    if len(data) > UPLOAD:
        limit = {"limit": UPLOAD // 1024 // 1024}
        raise TemplateRefused(_("The file is larger than %(limit)s MB. Use smaller pictures in it.") % limit)
    if data.startswith(OLE):
        raise TemplateRefused(
            _("This is an old .doc, or it has a password. Save it as .docx without a password and bring that.")
        )
    try:
        names, members = archives.contents(data, LIMITS, wanted=lambda name: name.endswith((".xml", ".rels")))
    except archives.BadArchive as error:
        raise TemplateRefused(_about(error.code)) from error
    if any(code in name for name in names for code in CODE):
        _refuse_code()
    return members


def _about(code: str) -> str:
    if code == "password":
        return _("The file has a password. Save it without one and bring that.")
    if code == "unreadable":
        return _("This is not a Word document. Save the template as .docx and bring that.")
    return _("The file unpacks to far more than a template needs. Save it anew in WPS or Word and bring that.")


def _refuse_code() -> None:
    raise TemplateRefused(
        _("The file holds macros, controls or embedded files. Save it as a plain .docx without them and bring that.")
    )


def _text(name: str, content: bytes) -> str:
    if len(content) > LARGEST_PART or content.count(b"<") > MOST_TAGS:
        raise TemplateRefused(_("The text of this file is too long for a template. Keep only the page that repeats."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TemplateRefused(_about("unreadable")) from error
    encoding = ENCODING.match(text)
    if encoding and encoding.group(1).lower() not in ("utf-8", "us-ascii"):
        # Another reader would see another text than the one judged here.
        raise TemplateRefused(_about("unreadable"))
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise TemplateRefused(_about("bomb"))
    return text


def _check_relationships(text: str) -> None:
    """Links may be clicked; a picture, template or frame from another address would be fetched on opening."""
    for attributes in RELATIONSHIP.findall(text):
        given = {key: unescape(one or other) for key, one, other in ATTRIBUTE.findall(attributes)}
        if given.get("TargetMode", "").lower() == "external" and not given.get("Type", "").endswith("/hyperlink"):
            raise TemplateRefused(
                _("The file fetches something from elsewhere when it is opened. Put pictures into the file itself.")
            )
        if given.get("Type", "").endswith(("/aFChunk", "/oleObject", "/control", "/vbaProject", "/attachedTemplate")):
            _refuse_code()


def _check_field_codes(text: str) -> None:
    # Word puts the pieces of one code together, whatever they are cut into.
    whole = "".join(unescape("".join(pieces)) for pieces in FIELD_CODE.findall(text))
    if found := FETCHING.search(whole) or _cut(whole):
        raise TemplateRefused(
            _("The file holds the Word field %(code)s, which fetches or starts something. Take it out.")
            % {"code": found.group(0)[:20]}
        )


def _cut(codes: str) -> re.Match[str] | None:
    """The same words where a code is glued to its neighbour."""
    return re.search(r"(DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|MACROBUTTON|HTMLCONTROL)", codes, re.IGNORECASE)
