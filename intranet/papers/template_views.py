"""A kind's template: which is in use, bring one, try it, go back; and the fields it may use."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.generic import FormView

from intranet.access.exceptions import RuleError
from intranet.access.views import show_rule_error, visible_or_404

from . import drawing, services
from .forms import TemplateForm
from .models import OwnTemplate
from .registry import Field, PaperKind, Rows
from .views import PapersMixin, check_uses, docx, own_kind_or_404


class TemplateView(PapersMixin, FormView):
    """The template in use, those before, the fields; a form to bring one."""

    template_name = "papers/template.html"
    form_class = TemplateForm
    kind: PaperKind

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        check_uses(request)
        self.kind = own_kind_or_404(request, kwargs["key"])
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        history = list(OwnTemplate.objects.filter(kind=self.kind.key).select_related("brought_by"))
        return {
            **super().get_context_data(**kwargs),
            "kind": self.kind,
            "history": history,
            "own": next((one for one in history if one.in_use), None),
            "fields": fields_of(self.kind.all_fields),
        }

    def form_valid(self, form: Any) -> HttpResponseBase:
        file = form.cleaned_data["file"]
        try:
            services.bring_template(kind=self.kind.key, file_name=file.name, data=file.read(), by=self.request.user)
        except RuleError as error:
            form.add_error("file", str(error))
            return self.form_invalid(form)
        messages.success(self.request, _("The template is in use from now on. Try it with example data."))
        return redirect("papers:template", key=self.kind.key)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


def fields_of(fields: tuple[Field | Rows, ...], row: str = "") -> list[dict[str, Any]]:
    """What the page says of each field: how it is written, what it means, an example; lists with theirs below."""
    found: list[dict[str, Any]] = []
    for field in fields:
        name = f"{row}.{field.name}" if row else field.name
        if isinstance(field, Rows):
            found.append({"written": f"{{%tr for row in {name} %}} … {{%tr endfor %}}", "meaning": field.meaning})
            found += fields_of(field.fields, "row")
        else:
            found.append({"written": f"{{{{ {name} }}}}", "meaning": field.meaning, "example": field.example})
    return found


@require_safe
def in_use(request: HttpRequest, key: str) -> HttpResponse:
    """The template in use, to be changed in WPS or Word; ``?default=1`` gives the house's own."""
    check_uses(request)
    kind = own_kind_or_404(request, key)
    try:
        wanted = services.template_for(kind, default=bool(request.GET.get("default")))
    except RuleError as error:
        show_rule_error(request, error)
        return redirect("papers:template", key=key)
    return docx(wanted, _("%(kind)s_template.docx") % {"kind": kind.label})


@require_safe
def tried(request: HttpRequest, key: str) -> HttpResponse:
    """The template in use, filled with example data."""
    check_uses(request)
    kind = own_kind_or_404(request, key)
    try:
        made = drawing.draw(services.template_for(kind), kind, drawing.example(kind))
    except RuleError as error:
        show_rule_error(request, error)
        return redirect("papers:template", key=key)
    return docx(made, _("%(kind)s_example.docx") % {"kind": kind.label})


@require_POST
def back_to_default(request: HttpRequest, key: str) -> HttpResponse:
    check_uses(request)
    kind = own_kind_or_404(request, key)
    if services.back_to_default(kind=kind.key, by=request.user):
        messages.success(request, _("The default template is in use again; yours is kept below."))
    else:
        messages.info(request, _("The default template is in use already."))
    return redirect("papers:template", key=key)


@require_POST
def use_again(request: HttpRequest, pk: int) -> HttpResponse:
    check_uses(request)
    template = visible_or_404(OwnTemplate, request.user, pk=pk)
    try:
        services.use_again(template=template, by=request.user)
    except RuleError as error:
        show_rule_error(request, error)
    else:
        messages.success(request, _("“%(file)s” is in use again.") % {"file": template.file_name})
    return redirect("papers:template", key=template.kind)
