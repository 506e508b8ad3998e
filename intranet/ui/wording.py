"""Sentences of Django's own that the hall says in its own words: listed here, reworded in this room's catalogue."""

from django.utils.translation import gettext_lazy as _

REWORDED = (
    _("This field is required."),
    _("Enter a valid date."),
    _("Enter a whole number."),
    _("Select a valid choice. %(value)s is not one of the available choices."),
    _("The submitted file is empty."),
    _("No file was submitted. Check the encoding type on the form."),
)
