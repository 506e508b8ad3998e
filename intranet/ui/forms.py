"""How every form is drawn: one form template, one field template, widgets in the house's look."""

from __future__ import annotations

from django import forms
from django.forms import BoundField
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext as _

NO_CHOICE = "---------"


class HallFormRenderer(TemplatesSetting):
    """Every form is drawn by the same templates: label, help, error and field bound together."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"


def is_single_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxInput)


def is_choice_group(field: BoundField) -> bool:
    """A group of radio buttons or checkboxes, drawn as a fieldset."""
    return isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


def dress(field: BoundField) -> None:
    """Give the widget its class and its native kind; forms hold copies of their widgets, so only this one changes.

    Dates become ``type=date``: the browser's own picker, whose value is always ISO.
    """
    widget = field.field.widget
    _name_no_choice(field)
    for part in getattr(widget, "widgets", [widget]):
        _use_native_kind(part)
        wanted = _class_of(part)
        known = part.attrs.get("class", "").split()
        if wanted and wanted not in known:
            part.attrs["class"] = " ".join([*known, wanted])


def _name_no_choice(field: BoundField) -> None:
    """Say what the row of dashes means, which a screen reader reads out dash by dash."""
    said = _("Please choose") if field.field.required else _("None")
    if isinstance(field.field, forms.ModelChoiceField):
        if field.field.empty_label == NO_CHOICE:
            field.field.empty_label = said
    elif isinstance(field.field.widget, forms.Select):
        field.field.widget.choices = [
            (value, said if label == NO_CHOICE else label) for value, label in field.field.widget.choices
        ]


def _use_native_kind(widget: forms.Widget) -> None:
    for kind, input_type, written in (
        (forms.DateTimeInput, "datetime-local", "%Y-%m-%dT%H:%M"),
        (forms.DateInput, "date", "%Y-%m-%d"),
        (forms.TimeInput, "time", "%H:%M"),
    ):
        if isinstance(widget, kind) and widget.input_type == "text":
            widget.input_type = input_type
            widget.format = written
            return


def _class_of(widget: forms.Widget) -> str:
    if widget.is_hidden:
        return ""
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "form-check-input"
    if isinstance(widget, forms.Select):
        return "form-select"
    return "form-control"
