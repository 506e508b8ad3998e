from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from intranet.access.registry import DemoPart, PrivateFile
from intranet.ui.registry import NavigationItem

from . import demo, yearly
from .rights import may_read_file, uses_papers


@hooks.register("register_paper")
def paper_kinds():
    return yearly.MATERIAL


@hooks.register("register_navigation_item")
def navigation_item():
    return NavigationItem(
        "papers.papers",
        _("Papers"),
        "papers:papers",
        visible=uses_papers,
        order=60,
        area="office",
        sentence=_("Make a Word paper in official layout: lists, notices, material for the yearly report."),
    )


@hooks.register("register_private_file")
def private_file():
    return PrivateFile("papers", "papers/", may_read_file)


@hooks.register("register_log_actions")
def log_actions(actions):
    for key, label, message in (
        ("papers.make", _("Make a paper"), _("Paper made")),
        ("papers.read", _("Take a paper"), _("Paper taken")),
        ("papers.remove_file", _("Delete a paper's file"), _("File of a paper deleted")),
        ("papers.bring_template", _("Bring a template"), _("Own template in use")),
        ("papers.default_template", _("Go back to the default template"), _("Default template in use")),
        ("papers.use_template_again", _("Use a template again"), _("Earlier template in use again")),
    ):
        actions.register_action(key, label, message)


@hooks.register("register_demo")
def demo_part():
    # After everything papers are about.
    return DemoPart("papers", 80, demo.load)
