from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from intranet.access.registry import DemoPart, PrivateField
from intranet.people import reach
from intranet.ui.registry import DeskCard, NavigationItem, ProfileSection

from . import actions, cards, demo, figures, papers, private_facts, reminders, subjects
from .querysets import SEE_ALL
from .sheets import KINDS


@hooks.register("register_subject_kind")
def subject_kinds():
    return list(subjects.KINDS)


@hooks.register("register_figure")
def figure_kinds():
    return list(figures.KINDS)


@hooks.register("register_navigation_item")
def navigation_items():
    return [
        NavigationItem("figures.board", _("Figures of the windows"), "figures:board", order=64),
        NavigationItem(
            "figures.incidents",
            _("Complaints and praise"),
            "figures:incidents",
            lambda user: user.has_role(*SEE_ALL),
            order=30,
            area="office",
            sentence=_("What was heard about people and windows, whether it holds, and appeals."),
        ),
        NavigationItem(
            "figures.about_me",
            _("Complaints and praise about me"),
            "figures:incidents",
            lambda user: not user.has_role(*SEE_ALL) and reach.person_of(user) is not None,
            order=50,
            area="me",
        ),
    ]


@hooks.register("register_desk_card")
def desk_cards():
    return [
        DeskCard("figures.waiting", "figures/cards/waiting.html", cards.waiting_card, 42, waiting=True),
        DeskCard("figures.own", "figures/cards/own.html", cards.own_card, 30, waiting=True),
    ]


@hooks.register("register_profile_section")
def profile_sections():
    return ProfileSection("figures.scores", "figures/sections/own.html", cards.scores_section, order=60)


@hooks.register("register_sheet")
def sheet_kinds():
    return list(KINDS)


@hooks.register("register_reminder_rule")
def reminder_rules():
    return reminders.RULE


@hooks.register("register_paper")
def material():
    return papers.MATERIAL


@hooks.register("register_log_actions")
def log_actions(registry):
    actions.register(registry)


@hooks.register("register_private_field")
def private_fields():
    incident = [
        PrivateField("figures.Incident", name, private_facts.readers_of_incident)
        for name in ("text", "finding", "appeal_text", "answer")
    ]
    source = PrivateField("figures.Incident", "source", private_facts.readers_of_source)
    return [*incident, source, PrivateField("figures.MonthlyScore", "reason", private_facts.readers_of_score)]


@hooks.register("register_demo")
def demo_part():
    return DemoPart("figures", 40, demo.load)
