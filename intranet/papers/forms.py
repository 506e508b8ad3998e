"""What a paper is to be about, and the file of a template."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from intranet import clock

from .package import UPLOAD
from .registry import PaperKind

# More digits than this are no key of any object, and no number a database takes.
LONGEST_KEY = 18


class SubjectField(forms.ModelChoiceField):
    """What a paper is about. A key no database has is refused as an unknown one, and not asked for."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) > LONGEST_KEY:
            raise forms.ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value[:LONGEST_KEY]}
            )
        return super().to_python(value)


class MakeForm(forms.Form):
    """The questions a kind asks: object, days, columns; a kind may ask nothing."""

    def __init__(self, *args: Any, kind: PaperKind, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind.subjects is not None:
            self.fields["about"] = SubjectField(
                kind.subjects(user),
                label=_("About"),
                required=not kind.optional,
                empty_label=_("The whole hall") if kind.optional else _("Please choose"),
            )
        if kind.spans:
            today = clock.today()
            self.fields["first"] = forms.DateField(
                label=_("From day"), initial=dt.date(today.year, 1, 1), widget=forms.DateInput
            )
            self.fields["last"] = forms.DateField(
                label=_("To day"), initial=dt.date(today.year, 12, 31), widget=forms.DateInput
            )
        if kind.columns:
            self.fields["columns"] = forms.MultipleChoiceField(
                label=_("Columns"),
                choices=[(column.name, column.meaning) for column in kind.columns],
                initial=list(kind.usual or [column.name for column in kind.columns]),
                widget=forms.CheckboxSelectMultiple,
                error_messages={"required": _("Choose at least one column.")},
            )


class TemplateForm(forms.Form):
    """A hall's own template."""

    file = forms.FileField(
        label=_("Template"),
        help_text=_(".docx, at most 3 MB, with fields from the list below"),
        widget=forms.FileInput(attrs={"accept": ".docx"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > UPLOAD:
            raise forms.ValidationError(_("The file is larger than 3 MB. Use smaller pictures in it."))
        return file
