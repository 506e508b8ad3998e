"""What changes papers: making and filing one, letting its file go, bringing a template."""

from .making import draw_unfiled, make, remove_file, remove_old_files
from .templates import back_to_default, bring_template, template_for, use_again

__all__ = [
    "back_to_default",
    "bring_template",
    "draw_unfiled",
    "make",
    "remove_file",
    "remove_old_files",
    "template_for",
    "use_again",
]
