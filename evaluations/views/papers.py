"""What of a round is taken along: its file as one zip, certificates, and a draft for the news."""

from __future__ import annotations

import tempfile
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from evaluations import archive
from evaluations.models import Honour
from evaluations.papers import CERTIFICATES
from evaluations.services import news
from intranet.access import audit, downloads
from intranet.access.exceptions import RuleError
from intranet.access.views import show_rule_error
from intranet.papers.registry import Asked
from intranet.papers.services import draw_unfiled
from intranet.papers.views import DOCX

from .office import for_roles, officers_only
from .rounds import round_or_404

# A small round's file is held in memory, a large one on the disk.
IN_MEMORY = 8 * 1024 * 1024


@require_safe
@for_roles(*archive.READERS)
def round_archive(request: HttpRequest, slug: str) -> Any:
    """The file of a round as one zip."""
    election = round_or_404(request, slug)
    if not archive.is_there(election):
        raise Http404
    packed = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed when it has been sent
    try:
        archive.write(election=election, by=request.user, to=packed)
    except RuleError as refusal:
        packed.close()
        show_rule_error(request, refusal)
        return redirect("evaluations:scrutiny", slug=slug)
    packed.seek(0)
    return downloads.stream(packed, f"{election} 评选档案.zip", "application/zip")  # type: ignore[arg-type]


@require_safe
@officers_only
def certificates(request: HttpRequest, slug: str) -> HttpResponse:
    """The certificates of all who are honoured by a round, in one file."""
    election = round_or_404(request, slug)
    honours = list(election.honours.standing().order_by("pk"))
    if not honours:
        raise Http404
    audit.record("evaluations.certificates", election, by=request.user, data={"honours": len(honours)})
    return _drawn(request, honours, f"{election} 荣誉证书.docx")


@require_safe
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own certificate, or that of a window one sits at or a team one belongs to; for officers any."""
    honour = get_object_or_404(Honour.objects.standing().certified_for(request.user), pk=pk)
    return _drawn(request, [honour], f"{honour.period_label}{honour.award_name} {honour.name}.docx")


def _drawn(request: HttpRequest, honours: list[Honour], name: str) -> HttpResponse:
    content = draw_unfiled(kind=CERTIFICATES, asked=Asked(about=honours, by=request.user))
    return downloads.download(content, name, DOCX)


@require_POST
@officers_only
def draft_news(request: HttpRequest, slug: str) -> HttpResponse:
    """Drafts for the news: one page with all winners, or one for each. Nothing is published."""
    election = round_or_404(request, slug)
    series: Any = request.POST.get("series") == "1"
    try:
        pages = news.draft(election=election, series=series, by=request.user)
    except RuleError as refusal:
        show_rule_error(request, refusal)
    else:
        said = ngettext(
            "%(count)s draft is under the news. A site editor adds pictures and publishes it.",
            "%(count)s drafts are under the news. A site editor adds pictures and publishes them.",
            len(pages),
        )
        messages.success(request, said % {"count": len(pages)})
    return redirect("evaluations:manage", slug=slug)
