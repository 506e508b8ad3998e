"""The sheets of the personnel office: departments, windows, union groups, the staff register, postings.

What a sheet may say, and how it becomes rows; reading, checking and saving in bulk is done by the room
``sheets``. A blank cell leaves an entry as it is; a cell with — or 无 empties it.
"""

from .departments import DEPARTMENTS
from .postings import POSTINGS
from .staff_register import STAFF_REGISTER
from .union_groups import UNION_GROUPS
from .windows import WINDOWS

__all__ = ["KINDS"]

KINDS = (DEPARTMENTS, WINDOWS, UNION_GROUPS, STAFF_REGISTER, POSTINGS)
