"""Choose a file; receipts; lists out. Thin: form → service → message or page. The preview has its own module."""

from __future__ import annotations

from io import BytesIO

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from intranet.access.confirm import recently_confirmed
from intranet.access.exceptions import NotAllowed, RuleError
from intranet.access.views import show_rule_error

from .. import exports, services
from ..forms import PrivateExportForm, UploadForm
from ..models import KnownHeading, SheetUpload
from ..registry import SheetKind, kinds_for
from ..services import jobs
from .own import CSV, XLSX, file_response, for_those_who_import, own_upload


def _kind_or_404(request: HttpRequest, key: str) -> SheetKind:
    kind = kinds_for(request.user).get(key)
    if kind is None:
        raise Http404
    return kind


@for_those_who_import
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Choose a file; below it lists to take out, what one brought before, and headings the hall has explained."""
    kinds = kinds_for(request.user)
    form = UploadForm(request.POST or None, request.FILES or None, kinds=kinds)
    if request.method == "POST" and form.is_valid():
        try:
            return HttpResponseRedirect(_receive(request, form))
        except RuleError as error:
            form.add_error("file", str(error))
    history = Paginator(SheetUpload.objects.visible_to(request.user), 20).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "kinds": kinds.values(),
        "page_obj": history,
        "headings": KnownHeading.objects.filter(kind__in=kinds),
    }
    return render(request, "sheets/upload.html", context, status=422 if form.errors else 200)


def _receive(request: HttpRequest, form: UploadForm) -> str:
    """Keep the file; the address of its preview. A large one is looked at by a worker."""
    file, kind = form.cleaned_data["file"], form.cleaned_data["kind"]
    received = services.receive(kind=kind, file_name=file.name, chunks=file.chunks(), by=request.user)
    if not jobs.is_small(received):
        jobs.ask(upload=received, task="check", by=request.user)
    elif not kind:
        found = services.recognised_kind(path=services.file_path(received.sha256), by=request.user)
        if found:
            services.name_kind(upload=received, kind=found, by=request.user)
    return reverse("sheets:preview", args=[received.pk])


@for_those_who_import
@require_safe
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    upload = own_upload(request, pk)
    if not upload.imported:
        return redirect("sheets:preview", pk=upload.pk)
    context = {"upload": upload, "may_be_undone": services.may_be_undone(upload)}
    return render(request, "sheets/receipt.html", context)


@for_those_who_import
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an import back; the receipt says so, or why not."""
    upload = own_upload(request, pk)
    try:
        services.undo(upload=upload, by=request.user)
    except NotAllowed as error:
        raise PermissionDenied from error
    except RuleError as error:
        show_rule_error(request, error)
    else:
        messages.success(request, _("The import has been undone. Everything stands as it did before."))
    return redirect("sheets:receipt", pk=upload.pk)


@for_those_who_import
@require_POST
def forget_heading(request: HttpRequest, pk: int) -> HttpResponse:
    """A heading the hall has explained becomes unknown again."""
    known = get_object_or_404(KnownHeading, pk=pk, kind__in=kinds_for(request.user))
    services.forget_heading(known=known, by=request.user)
    messages.success(request, _("The heading “%(heading)s” is unknown again.") % {"heading": known.heading})
    return redirect("sheets:upload")


@for_those_who_import
@require_safe
def export(request: HttpRequest, key: str) -> HttpResponse:
    """The list as .xlsx, or as CSV with ?form=csv."""
    kind = _kind_or_404(request, key)
    form = "csv" if request.GET.get("form") == "csv" else "xlsx"
    held = BytesIO()
    exports.export(kind=key, form=form, file=held, by=request.user)
    return file_response(held, f"{kind.label}.{form}", XLSX if form == "xlsx" else CSV)


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
        held, chosen, reason = BytesIO(), form.cleaned_data["form"], form.cleaned_data["reason"]
        exports.export(kind=key, form=chosen, file=held, by=request.user, with_private=True, reason=reason)
        return file_response(held, f"{kind.label}.{chosen}", XLSX if chosen == "xlsx" else CSV)
    status = 422 if form.errors else 200
    return render(request, "sheets/export_private.html", {"form": form, "kind": kind}, status=status)


@for_those_who_import
@require_safe
def template(request: HttpRequest, key: str) -> HttpResponse:
    kind = _kind_or_404(request, key)
    held = BytesIO()
    exports.write_template(kind, held)
    name = _("%(sheet)s_template") % {"sheet": kind.label}
    return file_response(held, f"{name}.xlsx", XLSX)
