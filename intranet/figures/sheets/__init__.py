"""The sheets of the inspection section: figures of windows and scores, month by month."""

from .monthly_scores import MONTHLY_SCORES
from .window_figures import WINDOW_FIGURES

__all__ = ["KINDS"]

KINDS = (WINDOW_FIGURES, MONTHLY_SCORES)
