"""Any sheet in: receive a file, check it, ask what is open, import it all or nothing, take it back."""

from .checking import Report, check, recognised_kind
from .files import discard, file_path, kind_for, problems_path, receive, remove_old_files
from .imports import check_upload, commit, import_file
from .questions import (
    answer,
    choose_heading_row,
    choose_sheet,
    forget_answers,
    forget_heading,
    name_kind,
    say_heading,
)
from .undoing import may_be_undone, undo

__all__ = [
    "Report",
    "answer",
    "check",
    "check_upload",
    "choose_heading_row",
    "choose_sheet",
    "commit",
    "discard",
    "file_path",
    "forget_answers",
    "forget_heading",
    "import_file",
    "kind_for",
    "may_be_undone",
    "name_kind",
    "problems_path",
    "receive",
    "recognised_kind",
    "remove_old_files",
    "say_heading",
    "undo",
]
