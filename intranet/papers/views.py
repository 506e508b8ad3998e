"""Choose a kind, say what about, take the paper; and the list of what was made. Thin: form → service → page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import FormView, TemplateView

from intranet.access import audit, downloads
from intranet.access.exceptions import NotAllowed, RuleError
from intranet.access.views import RuleErrorMixin, show_rule_error, visible_or_404

from . import services
from .forms import LONGEST_KEY, MakeForm
from .models import Paper
from .registry import PaperKind, kinds_for
from .rights import uses_papers
from .services.files import located

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ON_A_PAGE = 20


class PapersMixin:
    """403 for everyone who makes no kind of paper; strangers are sent to sign in before that."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_uses(request)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


def check_uses(request: HttpRequest) -> None:
    if request.user.is_authenticated and not uses_papers(request.user):
        raise PermissionDenied


def own_kind_or_404(request: HttpRequest, key: str) -> PaperKind:
    kind = kinds_for(request.user).get(key)
    if kind is None:
        raise Http404
    return kind


class PapersView(PapersMixin, TemplateView):
    """The kinds this person makes, and the papers made so far: all, of a kind, or about one object."""

    template_name = "papers/papers.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kinds = kinds_for(self.request.user)
        rows = Paper.objects.visible_to(self.request.user).select_related("made_by")
        about, key = self.request.GET.get("about", ""), self.request.GET.get("kind", "")
        rows = rows.about(about) if about else rows
        rows = rows.filter(kind=key) if key in kinds else rows
        page = Paginator(rows, ON_A_PAGE).get_page(self.request.GET.get("page"))
        return {
            **super().get_context_data(**kwargs),
            "kinds": kinds.values(),
            "page_obj": page,
            "narrowed": about or key in kinds,
        }


class MakeView(PapersMixin, RuleErrorMixin, FormView):
    """What the paper is to be about; then it is made, filed and shown."""

    template_name = "papers/make.html"
    form_class = MakeForm
    kind: PaperKind

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_uses(request)
        self.kind = own_kind_or_404(request, kwargs["key"])
        if not self.kind.filed:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "kind": self.kind, "user": self.request.user}

    def get_initial(self) -> dict[str, Any]:
        asked = self.request.GET.get("about", "")
        return {"about": asked} if asked.isascii() and asked.isdecimal() and len(asked) <= LONGEST_KEY else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "kind": self.kind}

    def save(self, form: Any) -> Paper:
        return services.make(kind=self.kind.key, by=self.request.user, **form.cleaned_data)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_success_url(self) -> str:
        messages.success(self.request, _("The paper is made. Open it in WPS or Word and edit it."))
        return reverse("papers:paper", args=[self.result.pk])


@require_POST
def take(request: HttpRequest, key: str) -> HttpResponse:
    """One press where the object is: the paper is made, filed and handed over. Kinds that ask more have the form."""
    check_uses(request)
    kind = own_kind_or_404(request, key)
    if not kind.filed or kind.subjects is None or kind.spans or kind.columns:
        raise Http404
    form = MakeForm(request.POST, kind=kind, user=request.user)
    if not form.is_valid() or form.cleaned_data["about"] is None:
        raise Http404
    about = form.cleaned_data["about"]
    try:
        paper = services.make(kind=kind.key, about=about, by=request.user)
    except RuleError as refusal:
        show_rule_error(request, refusal)
        return redirect(f"{reverse('papers:make', args=[kind.key])}?about={about.pk}")
    return docx(located(paper.file).read_bytes(), paper.file_name)


class PaperView(PapersMixin, TemplateView):
    """One paper: what it is, its file, and the button that deletes the file."""

    template_name = "papers/paper.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        paper = visible_or_404(
            Paper.objects.select_related("made_by", "removed_by"), self.request.user, pk=self.kwargs["pk"]
        )
        return {**super().get_context_data(**kwargs), "paper": paper}


@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponse:
    check_uses(request)
    paper = visible_or_404(Paper.objects.with_file(), request.user, pk=pk)
    try:
        content = located(paper.file).read_bytes()
    except OSError as error:
        raise Http404 from error
    audit.record("papers.read", paper, by=request.user, data={"kind": paper.kind})
    return docx(content, paper.file_name)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    check_uses(request)
    paper = visible_or_404(Paper, request.user, pk=pk)
    try:
        services.remove_file(paper=paper, by=request.user)
    except NotAllowed as error:
        show_rule_error(request, error)
    else:
        messages.success(request, _("The file is deleted. The entry stays, so that it is known what was made."))
    return redirect("papers:paper", pk=paper.pk)


def docx(content: bytes, name: str) -> HttpResponse:
    return downloads.download(content, name, DOCX)
