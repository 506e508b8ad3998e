"""The words and signs on a ballot."""

from __future__ import annotations

from django.utils.translation import gettext_lazy, pgettext_lazy

# What may be said of a candidate: the value sent, and its word on the ballot. Whoever is left alone is left blank.
MARKS = {
    "approve": (
        ("yes", pgettext_lazy("on a ballot", "For"), "○"),
        ("no", pgettext_lazy("on a ballot", "Against"), "×"),
        ("", pgettext_lazy("on a ballot", "Blank"), ""),
    ),
    "grade": (
        ("satisfied", gettext_lazy("Satisfied"), ""),
        ("mostly_satisfied", gettext_lazy("Mostly satisfied"), ""),
        ("dissatisfied", gettext_lazy("Dissatisfied"), ""),
        ("unknown", gettext_lazy("I do not know them"), ""),
    ),
}
