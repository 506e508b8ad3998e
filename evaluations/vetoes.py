"""What an award may make a fault that excludes (一票否决), and which incidents of the register are such faults."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

# Keys as an award's rules keep them. The first seven are the facts that halls' own rules name again and again.
KINDS: dict[str, Any] = {
    "verified_complaint": _("verified complaint"),
    "overdue_case": _("case finished too late"),
    "negative_press": _("negative report in the press"),
    "undercover_inspection": _("named in an undercover inspection"),
    "discipline": _("breach of discipline"),
    "quarrel": _("quarrel with a client"),
    "bad_rating": _("bad rating that was verified"),
    "other": _("other fault named in the rules"),
}

# The register of incidents calls a complaint a complaint, verified or not; all others have the same word in both.
OF_INCIDENT = {"complaint": "verified_complaint"} | {
    kind: kind for kind in KINDS if kind not in ("verified_complaint", "other")
}
INCIDENTS_OF = {veto: incident for incident, veto in OF_INCIDENT.items()}


def label_of(kind: str) -> str:
    """The words for a kind; a key that a later version knows is shown as it is."""
    return str(KINDS.get(kind, kind))
