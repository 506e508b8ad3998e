"""The preview: what a sheet would do, what it asks, how far the worker is; and the confirmation."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from intranet.access.exceptions import NotAllowed, RuleError
from intranet.access.views import show_rule_error

from .. import exports, services
from ..models import SheetJob, SheetUpload
from ..presentation import document
from ..registry import kinds_for
from ..services import jobs
from .own import XLSX, file_response, for_those_who_import, own_upload

ROWS_A_PAGE = 50
LONGEST_ROW_NUMBER = 8


def _job_of(upload: SheetUpload) -> SheetJob | None:
    return SheetJob.objects.filter(upload=upload).first()


@for_those_who_import
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What the sheet would do, against the register as it is now. POST says what the sheet leaves open."""
    upload = own_upload(request, pk)
    if upload.imported:
        return redirect("sheets:receipt", pk=upload.pk)
    if request.method == "POST":
        return _said(request, upload)
    job = _job_of(upload)
    if job is not None and job.open:
        return render(request, "sheets/progress_page.html", {"upload": upload, "job": job})
    if not upload.kind:
        return render(
            request, "sheets/what_is_it.html", {"upload": upload, "kinds": kinds_for(request.user).values()}
        )
    if jobs.is_small(upload):
        return _show(request, upload, document(services.check_upload(upload=upload, by=request.user)))
    if job is not None and job.stage == SheetJob.Stage.FAILED:
        return render(request, "sheets/not_done.html", {"upload": upload, "job": job})
    shown = jobs.shown_before(upload)
    if shown is None:
        jobs.ask(upload=upload, task="check", by=request.user)
        return redirect("sheets:preview", pk=upload.pk)
    return _show(request, upload, shown)


def _show(request: HttpRequest, upload: SheetUpload, shown: dict[str, Any]) -> HttpResponse:
    page = Paginator(shown["lines"], ROWS_A_PAGE).get_page(request.GET.get("page"))
    columns = [column for column in kinds_for(request.user)[upload.kind].columns if column.name not in shown["used"]]
    # What is missing stands first: that is what an unknown heading most likely means.
    columns.sort(key=lambda column: not column.required)
    context = {**shown, "upload": upload, "page_obj": page, "lines": page.object_list, "columns": columns}
    return render(request, "sheets/preview.html", context)


def _said(request: HttpRequest, upload: SheetUpload) -> HttpResponse:
    """What the person said about the sheet; then it is read again."""
    given, by = request.POST, request.user
    if "discard" in given:
        return _thrown_away(request, upload)
    try:
        if "kind" in given:
            services.name_kind(upload=upload, kind=given["kind"], by=by)
        elif "sheet" in given:
            services.choose_sheet(upload=upload, sheet=given["sheet"], by=by)
        elif "heading_row" in given:
            number = given["heading_row"]
            row = int(number) if number.isdecimal() and len(number) < LONGEST_ROW_NUMBER else 0
            services.choose_heading_row(upload=upload, number=row, by=by)
        elif "heading" in given:
            services.say_heading(kind=upload.kind, heading=given["heading"], column=given.get("column", ""), by=by)
            messages.success(request, _("The hall remembers this heading."))
        elif "forget" in given:
            services.forget_answers(upload=upload, by=by)
        elif any(":" in key for key in given):
            services.answer(upload=upload, offered=_offered(upload, by), given=given.dict(), by=by)
    except NotAllowed as error:
        raise PermissionDenied from error
    except RuleError as error:
        show_rule_error(request, error)
    else:
        jobs.forget_shown(upload)
        if not jobs.is_small(upload):
            jobs.ask(upload=upload, task="check", by=by)
    return redirect("sheets:preview", pk=upload.pk)


def _thrown_away(request: HttpRequest, upload: SheetUpload) -> HttpResponse:
    try:
        services.discard(upload=upload, by=request.user)
    except RuleError as error:
        show_rule_error(request, error)
        return redirect("sheets:preview", pk=upload.pk)
    messages.success(request, _("The file has been deleted."))
    return redirect("sheets:upload")


def _offered(upload: SheetUpload, by: Any) -> dict[str, set[str]]:
    """What may be answered: the questions the page showed."""
    small = jobs.is_small(upload)
    shown = document(services.check_upload(upload=upload, by=by)) if small else jobs.shown_before(upload)
    questions = shown["questions"] if shown else []
    return {question["key"]: {choice["value"] for choice in question["choices"]} for question in questions}


@for_those_who_import
@require_safe
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the worker is: a piece of the page for htmx, which is led on when the work has ended."""
    upload = own_upload(request, pk)
    job = _job_of(upload)
    if not getattr(request, "htmx", False):
        return redirect("sheets:preview", pk=upload.pk)
    if job is None or not job.open:
        return HttpResponseClientRedirect(reverse("sheets:preview", args=[upload.pk]))
    return render(request, "sheets/progress.html", {"upload": upload, "job": job})


@for_those_who_import
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Import what was shown; a large sheet by a worker."""
    upload = own_upload(request, pk)
    try:
        if not jobs.is_small(upload) and not upload.imported:
            jobs.ask(upload=upload, task="import", by=request.user)
            return redirect("sheets:preview", pk=upload.pk)
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
def problems(request: HttpRequest, pk: int) -> HttpResponse:
    """The same rows back as .xlsx, with a column that says what is wrong."""
    upload = own_upload(request, pk)
    if not upload.kind:
        return redirect("sheets:preview", pk=upload.pk)
    if jobs.is_small(upload):
        report = services.check_upload(upload=upload, by=request.user)
        if report.table is None:
            return redirect("sheets:preview", pk=upload.pk)
        held = BytesIO()
        exports.write_problems(report, held)
    elif not (kept := services.problems_path(upload)).exists():
        # The page asks a worker anew where nothing was kept.
        return redirect("sheets:preview", pk=upload.pk)
    else:
        held = BytesIO(kept.read_bytes())
    name = _("%(file)s_problems") % {"file": upload.file_name.rpartition(".")[0] or upload.file_name}
    return file_response(held, f"{name}.xlsx", XLSX)
