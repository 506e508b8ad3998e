"""Upload → preview → confirm → receipt; and lists out. Thin: form → service → message or page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from io import BytesIO
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from intranet.access.confirm import recently_confirmed
from intranet.access.exceptions import NotAllowed, RuleError
from intranet.access.views import show_rule_error, visible_or_404

from . import exports, services
from .forms import PrivateExportForm, UploadForm
from .models import SheetUpload
from .presentation import preview_of
from .registry import SheetKind, kinds_for
from .rights import uses_sheets

ROWS_A_PAGE = 50
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def for_those_who_import(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """403 for everyone whom no kind of sheet is open to."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not uses_sheets(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return checked


def _own(request: HttpRequest, pk: int) -> SheetUpload:
    """One's own upload of a kind one may still use; anything else is missing."""
    upload = visible_or_404(SheetUpload, request.user, pk=pk)
    if upload.kind not in kinds_for(request.user):
        raise Http404
    return upload


def _kind_or_404(request: HttpRequest, key: str) -> SheetKind:
    kind = kinds_for(request.user).get(key)
    if kind is None:
        raise Http404
    return kind


@for_those_who_import
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file; below it what one brought before, and lists to take out."""
    kinds = kinds_for(request.user)
    form = UploadForm(request.POST or None, request.FILES or None, kinds=kinds)
    if request.method == "POST" and form.is_valid():
        try:
            return HttpResponseRedirect(_receive(request, form))
        except RuleError as error:
            form.add_error("file", str(error))
    history = Paginator(SheetUpload.objects.visible_to(request.user), 20).get_page(request.GET.get("page"))
    status = 422 if form.errors else 200
    context = {"form": form, "kinds": kinds.values(), "page_obj": history}
    return render(request, "sheets/upload.html", context, status=status)


def _receive(request: HttpRequest, form: UploadForm) -> str:
    """Keep the file; the address of its preview."""
    file, kind = form.cleaned_data["file"], form.cleaned_data["kind"]
    kinds = kinds_for(request.user)
    received = services.receive(
        kind=kind or next(iter(kinds)), file_name=file.name, chunks=file.chunks(), by=request.user
    )
    if not kind:
        path = services.file_path(received.sha256)
        kind = services.recognised_kind(path=path, by=request.user)
        if kind:
            services.name_kind(upload=received, kind=kind, by=request.user)
        else:
            services.discard(upload=received, by=request.user)
            raise RuleError(_("The headings fit no kind of sheet for certain. Choose what it is and try again."))
    return reverse("sheets:preview", args=[received.pk])


@for_those_who_import
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What the sheet would do, against the register as it is now; POST names the sheet to read."""
    upload = _own(request, pk)
    if upload.state == SheetUpload.State.CONFIRMED:
        return redirect("sheets:receipt", pk=upload.pk)
    if request.method == "POST":
        services.choose_sheet(upload=upload, sheet=request.POST.get("sheet", ""), by=request.user)
        return redirect("sheets:preview", pk=upload.pk)
    report = services.check_upload(upload=upload, by=request.user)
    page = Paginator(report.rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {"upload": upload, "report": report, "page_obj": page, **preview_of(report, list(page.object_list))}
    return render(request, "sheets/preview.html", context)


@for_those_who_import
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    upload = _own(request, pk)
    try:
        services.commit(upload=upload, by=request.user)
    except NotAllowed as error:
        raise PermissionDenied from error
    except RuleError as error:
        show_rule_error(request, error)
        return redirect("sheets:preview", pk=upload.pk)
    messages.success(request, _("The sheet has been imported."))
    return redirect("sheets:receipt", pk=upload.pk)


@for_those_who_import
@require_safe
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    upload = _own(request, pk)
    if upload.state != SheetUpload.State.CONFIRMED:
        return redirect("sheets:preview", pk=upload.pk)
    return render(request, "sheets/receipt.html", {"upload": upload})


@for_those_who_import
@require_safe
def problems(request: HttpRequest, pk: int) -> HttpResponse:
    """The same rows back as .xlsx, with a column that says what is wrong."""
    upload = _own(request, pk)
    report = services.check_upload(upload=upload, by=request.user)
    if report.table is None:
        return redirect("sheets:preview", pk=upload.pk)
    held = BytesIO()
    exports.write_problems(report, held)
    name = _("%(file)s_problems") % {"file": upload.file_name.rpartition(".")[0] or upload.file_name}
    return _file(held, f"{name}.xlsx", XLSX)


@for_those_who_import
@require_safe
def export(request: HttpRequest, key: str) -> HttpResponse:
    """The list as .xlsx, or as CSV with ?form=csv."""
    kind = _kind_or_404(request, key)
    form = "csv" if request.GET.get("form") == "csv" else "xlsx"
    held = BytesIO()
    exports.export(kind=key, form=form, file=held, by=request.user)
    return _file(held, f"{kind.label}.{form}", XLSX if form == "xlsx" else CSV)


@for_those_who_import
@recently_confirmed
@require_http_methods(["GET", "HEAD", "POST"])
def export_private(request: HttpRequest, key: str) -> HttpResponse:
    """The list with whole numbers instead of masks: password, reason, file."""
    kind = _kind_or_404(request, key)
    if not kind.has_private_columns:
        raise Http404
    form = PrivateExportForm(request.POST or None, initial={"form": "xlsx"})
    if request.method == "POST" and form.is_valid():
        held, chosen = BytesIO(), form.cleaned_data["form"]
        exports.export(
            kind=key,
            form=chosen,
            file=held,
            by=request.user,
            with_private=True,
            reason=form.cleaned_data["reason"],
        )
        return _file(held, f"{kind.label}.{chosen}", XLSX if chosen == "xlsx" else CSV)
    status = 422 if form.errors else 200
    return render(request, "sheets/export_private.html", {"form": form, "kind": kind}, status=status)


@for_those_who_import
@require_safe
def template(request: HttpRequest, key: str) -> HttpResponse:
    kind = _kind_or_404(request, key)
    held = BytesIO()
    exports.write_template(kind, held)
    name = _("%(sheet)s_template") % {"sheet": kind.label}
    return _file(held, f"{name}.xlsx", XLSX)


def _file(held: BytesIO, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(held.getvalue(), content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "private, no-store"
    return response
