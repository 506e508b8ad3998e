"""The month's figures of windows, monthly scores, and the register of complaints, praise and other incidents."""

from .incidents import Incident
from .months import MonthlyScore, WindowMonth

__all__ = ["Incident", "MonthlyScore", "WindowMonth"]
