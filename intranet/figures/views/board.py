"""The board of the month's figures, and a window's own months."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.views.generic import TemplateView

from intranet.access import roles
from intranet.access.views import visible_or_404
from intranet.people.models import Window
from intranet.ui.templatetags.ui import hall_month

from .. import board
from ..forms import MonthForm
from ..models import WindowMonth

WINDOW_MONTHS = 12


class BoardView(TemplateView):
    """Every window's month; the newest one unless another is asked for. Everyone at the hall."""

    template_name = "figures/board.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        months = board.known_months(user)
        given = {"may_bring": user.has_role(roles.INSPECTION), **kwargs}
        if not months:
            return super().get_context_data(rows=[], **given)
        month = next((known for known in months if known.isoformat()[:7] == self.request.GET.get("month")), months[0])
        rows = board.month_of(user, month)
        choices = [(known.isoformat()[:7], hall_month(known)) for known in months]
        return super().get_context_data(
            form=MonthForm(initial={"month": month.isoformat()[:7]}, months=choices),
            month=month,
            month_before=board.before(month),
            january=month.replace(month=1),
            rows=rows,
            most=max(row.now.cases_handled for row in rows),
            total=board.total(row.now for row in rows),
            total_before=board.total(row.before for row in rows if row.before is not None),
            year=board.year_so_far(user, month),
            **given,
        )


class WindowFiguresView(TemplateView):
    """One window's figures over the last twelve months."""

    template_name = "figures/window.html"

    def get_context_data(self, pk: int, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        window = visible_or_404(Window, user, pk=pk)
        newest = WindowMonth.objects.visible_to(user).filter(window=window).order_by("-month")[:WINDOW_MONTHS]
        rows: list[tuple[dt.date, board.Sums]] = [(row.month, board.sums(row)) for row in newest]
        return super().get_context_data(
            window=window,
            rows=rows,
            most=max((found.cases_handled for _month, found in rows), default=0),
            total=board.total(found for _month, found in rows),
            **kwargs,
        )
