"""Templates of the hall's own: checked, kept with those before, put in use, taken out of use."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from intranet import clock
from intranet.access import audit
from intranet.access.exceptions import NotAllowed

from .. import drawing, template_check
from ..exceptions import PaperError
from ..models import OwnTemplate
from ..registry import Asked, PaperKind, kinds_for
from . import files


def own_kind(key: str, by: Any) -> PaperKind:
    """The kind, if this person makes such papers. Raises NotAllowed otherwise, alike for an unknown one."""
    kind = kinds_for(by).get(key)
    if kind is None:
        raise NotAllowed(_("You do not make papers of this kind."))
    return kind


def template_for(kind: PaperKind, asked: Asked | None = None, *, default: bool = False) -> bytes:
    """The bytes of the template in use: the hall's own, or the default for what is asked; ``default``: always that.

    Raises PaperError when the hall's own has gone from the disk.
    """
    own = None if default else OwnTemplate.objects.in_use().filter(kind=kind.key).first()
    if own is None:
        with override("zh-hans"):
            return drawing.default_template(kind, asked)
    try:
        return files.located(own.file).read_bytes()
    except OSError as error:
        raise PaperError(
            _("The hall's own template is no longer on the disk. Go back to the default, or bring it again.")
        ) from error


def bring_template(*, kind: str, file_name: str, data: bytes, by: Any) -> OwnTemplate:
    """Check a template and use it from now on; the one before stays in the history.

    Raises NotAllowed for a kind that is not this person's, TemplateRefused with what is wrong in the file.
    """
    chosen = own_kind(kind, by)
    template_check.check(data, chosen)
    kept = files.keep(data, files.TEMPLATES)
    try:
        with transaction.atomic():
            _locked(kind).update(in_use=False)
            brought = OwnTemplate.objects.create(
                kind=kind,
                file_name=PurePath(file_name).name[:200] or _("template.docx"),
                file=kept.file,
                sha256=kept.sha256,
                size=kept.size,
                brought_by=by,
                brought_at=clock.now(),
            )
            audit.record("papers.bring_template", brought, by=by, data={"kind": kind})
    except IntegrityError as error:
        files.discard(kept.file)
        raise _overtaken() from error
    except BaseException:
        files.discard(kept.file)
        raise
    return brought


def back_to_default(*, kind: str, by: Any) -> bool:
    """Use the default again; False when it was in use already. Raises NotAllowed."""
    own_kind(kind, by)
    with transaction.atomic():
        used = _locked(kind).in_use().first()
        if used is None:
            return False
        OwnTemplate.objects.filter(pk=used.pk).update(in_use=False)
        audit.record("papers.default_template", used, by=by, data={"kind": kind})
    return True


def use_again(*, template: OwnTemplate, by: Any) -> None:
    """Take up an earlier template; it is checked anew, for the kind may have other fields by now.

    Raises NotAllowed, TemplateRefused, PaperError when its file is gone.
    """
    kind = own_kind(template.kind, by)
    try:
        data = files.located(template.file).read_bytes()
    except OSError as error:
        raise PaperError(_("The file of this template is no longer on the disk. Bring it again.")) from error
    template_check.check(data, kind)
    try:
        with transaction.atomic():
            _locked(template.kind).update(in_use=False)
            OwnTemplate.objects.filter(pk=template.pk).update(in_use=True)
            audit.record("papers.use_template_again", template, by=by, data={"kind": template.kind})
    except IntegrityError as error:
        raise _overtaken() from error


def _locked(kind: str) -> Any:
    """The kind's templates, those there are locked; the constraint holds against a first one brought beside."""
    rows = OwnTemplate.objects.filter(kind=kind)
    list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
    return rows


def _overtaken() -> PaperError:
    return PaperError(_("Somebody else has changed this template in the meantime. Look at it again, then repeat."))
