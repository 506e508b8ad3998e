"""What this app gives to the site. Only registers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import hooks

from intranet.access.registry import DemoPart, PrivateField, PrivateFile, SealedField
from intranet.calendars.registry import CalendarSource
from intranet.socket import SiteUrls
from intranet.ui.registry import DeskCard, NavigationItem, ProfileSection

from . import (
    actions,
    calendars,
    cards,
    demo,
    figures,
    group_notices,
    jobs,
    papers,
    private_facts,
    reminders,
    terminal_gate,
)
from .grants import GRANTS
from .services import files
from .sheets.client_votes import CLIENT_VOTES
from .sheets.paper_ballots import PAPER_BALLOTS
from .sheets.past_honours import PAST_HONOURS
from .sheets.recommendations import RECOMMENDATIONS


@hooks.register("register_site_urls")
def site_urls():
    return SiteUrls("evaluations", "awards/", "evaluations.urls")


@hooks.register("register_navigation_item")
def navigation_items():
    return [
        NavigationItem("evaluations.rounds", pgettext_lazy("menu", "Awards"), "evaluations:rounds", order=45),
        NavigationItem("evaluations.honours", _("Wall of honour"), "evaluations:honours", order=47),
        NavigationItem(
            "evaluations.todo",
            _("This month"),
            "evaluations:todo",
            cards.is_officer,
            40,
            "office",
            _("Every round under way, and what each needs next."),
        ),
        NavigationItem(
            "evaluations.awards", _("Awards and their rules"), "evaluations:awards", cards.is_officer, 42, "office"
        ),
        NavigationItem(
            "evaluations.watch",
            _("Scrutiny"),
            "evaluations:watch",
            cards.is_watcher,
            44,
            "office",
            _("Watch the turnout, count again, take the record along."),
        ),
        NavigationItem(
            "evaluations.terminals",
            _("Voting terminals"),
            "evaluations:terminals",
            cards.is_officer,
            46,
            "office",
            _("A browser in the hall for staff without a phone of their own."),
        ),
    ]


@hooks.register("register_desk_card")
def desk_cards():
    return [
        DeskCard("evaluations.vote", "evaluations/cards/vote.html", cards.vote_card, 10, waiting=True),
        DeskCard("evaluations.panel", "evaluations/cards/panel.html", cards.panel_card, 11, waiting=True),
        DeskCard("evaluations.named", "evaluations/cards/named.html", cards.named_card, 12, waiting=True),
        DeskCard("evaluations.quota", "evaluations/cards/quota.html", cards.quota_card, 8, waiting=True),
        DeskCard("evaluations.office", "evaluations/cards/office.html", cards.office_card, 5, waiting=True),
        DeskCard("evaluations.scrutiny", "evaluations/cards/scrutiny.html", cards.scrutiny_card, 50),
        DeskCard("evaluations.recommend", "evaluations/cards/recommend.html", cards.recommend_card, 60),
        DeskCard("evaluations.winners", "evaluations/cards/winners.html", cards.winners_card, 80),
    ]


@hooks.register("register_profile_section")
def profile_sections():
    window = cards.honours_of_window
    return [
        ProfileSection("evaluations.honours", "evaluations/profile_honours.html", cards.honours_of, order=40),
        ProfileSection("evaluations.window", "evaluations/window_honours.html", window, order=40, of="window"),
    ]


@hooks.register("register_role_permissions")
def role_permissions():
    return GRANTS


@hooks.register("register_sheet")
def sheet_kinds():
    return [CLIENT_VOTES, PAPER_BALLOTS, RECOMMENDATIONS, PAST_HONOURS]


@hooks.register("register_browser_gate")
def browser_gate():
    return terminal_gate.GATE


@hooks.register("register_private_file")
def private_files():
    return PrivateFile("evaluations", files.PREFIX, files.may_read)


@hooks.register("register_sealed_field")
def sealed_fields():
    return SealedField("evaluations.Election", "lot_seed")


@hooks.register("register_private_field")
def private_fields():
    return [
        PrivateField("evaluations.Nomination", "reason", private_facts.readers_of_reason),
        PrivateField("evaluations.Nomination", "review_reason", private_facts.readers_of_review_reason),
        PrivateField("evaluations.RoundInput", "note", private_facts.readers_of_inputs),
        PrivateField("evaluations.Veto", "evidence", private_facts.readers_of_veto),
        PrivateField("evaluations.Veto", "appeal", private_facts.readers_of_veto),
        PrivateField("evaluations.Veto", "settled_reason", private_facts.readers_of_veto),
        PrivateField("evaluations.Objection", "name", private_facts.readers_of_objection),
        PrivateField("evaluations.Objection", "text", private_facts.readers_of_objection),
        PrivateField(
            "evaluations.PaperCount", "ballots", private_facts.readers_of_count, canary=private_facts.count_canary
        ),
    ]


@hooks.register("register_log_actions")
def log_actions(registry):
    actions.register(registry)


@hooks.register("register_clock_job")
def clock_jobs():
    return [jobs.openings_job, jobs.rounds_job]


@hooks.register("register_reminder_rule")
def reminder_rules():
    return reminders.RULES


@hooks.register("register_group_notice")
def group_notice_kinds():
    return group_notices.KINDS


@hooks.register("register_calendar_source")
def calendar_source():
    return CalendarSource("evaluations", _("Awards and rounds"), calendars.entries, calendars.stamps)


@hooks.register("register_paper")
def paper_kinds():
    return [*papers.KINDS, papers.MATERIAL]


@hooks.register("register_figure")
def figure_kinds():
    return figures.KINDS


@hooks.register("register_demo")
def demo_part():
    return DemoPart("evaluations", 50, demo.load)
