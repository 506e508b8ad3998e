"""Papers of a round, from the call for recommendations to the list of prizes; and what awards add to the yearly
material.

What hangs on a wall or goes to departments names winners only. Counts, scores and recommendations stand in papers
for those who may read them on screen as well.
"""

from .ballots import BALLOT_PAPER, TALLY_SHEET
from .calls import CALL
from .honours import CERTIFICATES, PRIZE_LIST
from .meetings import MINUTES
from .notices import COMMENDATION, HOW_THE_NOTICE_ENDED, PUBLIC_NOTICE
from .recommendations import BLANK_FORM, FILLED_FORM, SUMMARY
from .scores import SCORE_TABLE
from .yearly import MATERIAL

__all__ = ["CERTIFICATES", "KINDS", "MATERIAL", "OF_A_ROUND"]

# About a round, in the order in which a round needs them.
OF_A_ROUND = (
    CALL,
    BLANK_FORM,
    SUMMARY,
    BALLOT_PAPER,
    TALLY_SHEET,
    SCORE_TABLE,
    MINUTES,
    PUBLIC_NOTICE,
    HOW_THE_NOTICE_ENDED,
    COMMENDATION,
    PRIZE_LIST,
)
KINDS = (*OF_A_ROUND, FILLED_FORM, CERTIFICATES)
