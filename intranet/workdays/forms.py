from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .day_file import LARGEST
from .models import Day


class DayFileForm(forms.Form):
    """A year's notice as a JSON file."""

    file = forms.FileField(
        label=_("File of days (.json)"),
        help_text=_("In the form of holiday-cn: year, papers, days with name, date and isOffDay."),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("The file is larger than 256 KB; a year's file is far smaller."))
        return file


class DayForm(forms.ModelForm):
    """One day of the table. That a day is there already is no fault: it is changed."""

    class Meta:
        model = Day
        fields = ("day", "kind", "name", "source")
        help_texts = {"source": _("Where this is written, for example the number of the notice.")}

    def validate_unique(self) -> None:
        """The service changes a day that is named already."""
