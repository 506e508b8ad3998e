"""The upload form: which file, what it is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext_lazy as _

from .exports import SHORTEST_REASON
from .issues import sentence
from .registry import SheetKind
from .workbook import bounds_of_the_hall

RECOGNISE = ""


class UploadForm(forms.Form):
    """A file or pasted cells; the kind, or nothing to have it recognised by its headings."""

    kind = forms.ChoiceField(label=_("What is it"), required=False)
    file = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_(".xlsx, .xls, .et, .csv or .txt, at most 5 MB"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.et,.csv,.txt"}),
    )
    pasted = forms.CharField(
        label=_("Or paste cells"),
        required=False,
        strip=False,
        help_text=_("Copy the table with its headings in WPS or Excel and paste it here."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, kinds: dict[str, SheetKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(key, kind.label) for key, kind in kinds.items()]
        self.fields["kind"].choices = [(RECOGNISE, _("Recognise it by its headings")), *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        limit = bounds_of_the_hall().upload
        if not given.get("file") and not given.get("pasted", "").strip() and not self.errors:
            self.add_error("file", _("Choose a file, or paste cells."))
        elif given.get("file") and given["file"].size > limit:
            self.add_error("file", sentence("too_large", {"limit": limit // 1024 // 1024}))
        elif not given.get("file"):
            # A mark of encoding: pasted text is known to be text.
            given["file"] = SimpleUploadedFile(
                str(_("Pasted cells")) + ".txt", b"\xef\xbb\xbf" + given.get("pasted", "").encode()
            )
        return given


class PrivateExportForm(forms.Form):
    """Why the whole numbers are needed, and as which file."""

    reason = forms.CharField(
        label=_("Reason"),
        min_length=SHORTEST_REASON,
        max_length=200,
        help_text=_("It is kept with the record of this export; auditors read it."),
    )
    form = forms.ChoiceField(label=_("As"), choices=[("xlsx", ".xlsx"), ("csv", "CSV")], widget=forms.RadioSelect)
