from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from intranet.access.registry import PrivateFile
from intranet.ui.registry import NavigationItem

from .rights import may_read_file, uses_sheets


@hooks.register("register_navigation_item")
def navigation_items():
    return NavigationItem(
        "sheets.upload",
        _("Import a sheet"),
        "sheets:upload",
        visible=uses_sheets,
        order=40,
        area="office",
        sentence=_("Bring a register or list from a spreadsheet, or take one out."),
    )


@hooks.register("register_private_file")
def private_files():
    return PrivateFile("sheets", "sheets/", may_read_file)


@hooks.register("register_log_actions")
def log_actions(actions):
    actions.register_action("sheets.import", _("Import a sheet"), _("Sheet imported"))
    actions.register_action("sheets.undo", _("Undo an import"), _("Import undone"))
    actions.register_action("sheets.know_heading", _("Explain a heading"), _("Heading explained"))
    actions.register_action("sheets.forget_heading", _("Forget a heading"), _("Heading forgotten"))
    actions.register_action("sheets.export_private", _("Export with private columns"), _("Exported whole numbers"))
    actions.register_action("sheets.export", _("Export a list"), _("List exported"))
