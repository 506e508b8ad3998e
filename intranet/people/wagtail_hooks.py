from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.permissions import register_permission_policy

from intranet.access import roles
from intranet.access.registry import AccountFact, DemoPart, PrivateField, PrivateFile, SealedField
from intranet.calendars.registry import CalendarSource
from intranet.papers.services import remove_old_files as remove_old_papers
from intranet.reminders.registry import ClockJob, PhoneBook
from intranet.sheets.services import remove_old_files
from intranet.sheets.services.jobs import sweep
from intranet.ui.registry import DeskCard, NavigationItem, ProfileSection

from . import (
    account_facts,
    calendars,
    cards,
    demo,
    demo_newcomers,
    identity,
    invitations,
    papers,
    phone_book,
    private_facts,
    reach,
    reminders,
    sections,
)
from .grants import GRANTS
from .policies import POLICIES
from .services import due
from .sheets import KINDS
from .slip_paper import SLIPS
from .viewsets import VIEWSETS

for model, policy in POLICIES.items():
    register_permission_policy(model, policy)


@hooks.register("register_admin_viewset")
def viewsets():
    return [viewset() for viewset in VIEWSETS]


@hooks.register("register_account_fact")
def account_fact():
    return AccountFact("people.register", account_facts.facts_of)


@hooks.register("register_navigation_item")
def navigation_items():
    def office(user):
        return user.has_role(roles.HR_ADMIN)

    def hands_out_slips(user):
        return user.has_role(roles.HR_ADMIN, roles.SYSTEM_ADMIN)

    return [
        NavigationItem("people.directory", _("Directory"), "people:directory", order=60),
        NavigationItem("people.windows", _("Window map"), "people:windows", order=62),
        NavigationItem("people.register", _("Staff register"), "people:register", office, order=10, area="office"),
        NavigationItem(
            "people.slips",
            _("Activation slips"),
            "people:slips",
            hands_out_slips,
            order=15,
            area="office",
            sentence=_("Print a slip for everybody who has no account in use."),
        ),
        NavigationItem(
            "people.corrections", _("Requests for correction"), "people:corrections", office, order=20, area="office"
        ),
        NavigationItem(
            "people.disclosures",
            _("Identity numbers shown"),
            "people:disclosures",
            lambda user: identity.kept() and user.has_role(roles.AUDITOR),
            order=815,
            area="office",
            sentence=_("Who was shown whose identity number, and why."),
        ),
        NavigationItem(
            "people.me",
            _("My data"),
            "people:me",
            lambda user: reach.person_of(user) is not None,
            order=40,
            area="me",
        ),
    ]


@hooks.register("register_profile_section")
def profile_sections():
    return [
        ProfileSection("people.base", "people/sections/base.html", sections.base_facts, order=10),
        ProfileSection("people.private", "people/sections/private.html", sections.private_section, order=20),
        ProfileSection("people.history", "people/sections/history.html", sections.history_section, order=90),
    ]


@hooks.register("register_desk_card")
def desk_cards():
    return DeskCard("people.corrections", "people/cards/corrections.html", cards.corrections_card, 40, waiting=True)


@hooks.register("register_clock_job")
def clock_jobs():
    return [
        ClockJob("people.due", due.run, order=20),
        # Registered from here: the rooms sheets and papers stand beside reminders and may not know it.
        ClockJob("papers.remove_old_files", remove_old_papers, order=90),
        ClockJob("sheets.remove_old_files", remove_old_files, order=90),
        ClockJob("sheets.work_left_lying", sweep, order=95),
    ]


@hooks.register("register_reminder_rule")
def reminder_rules():
    return [*reminders.RULES, invitations.INVITATIONS]


@hooks.register("register_calendar_source")
def calendar_sources():
    return [
        CalendarSource("people.posts", _("My posts and appointments"), calendars.posts, calendars.stamps),
        CalendarSource("people.birthdays", _("Birthdays"), calendars.birthdays, calendars.stamps),
    ]


@hooks.register("register_calendar_subject")
def calendar_subjects():
    return list(calendars.SUBJECTS)


@hooks.register("register_phone_book")
def phone_books():
    return PhoneBook("people.mobile", phone_book.phones)


@hooks.register("register_role_permissions")
def role_permissions():
    return GRANTS


@hooks.register("register_private_file")
def private_files():
    return PrivateFile("people.photos", "people/photos/", private_facts.photo_allowed)


@hooks.register("register_private_field")
def private_fields():
    return [
        PrivateField("people.Person", "mobile", private_facts.readers_of_mobile),
        PrivateField("people.Person", "birthday", private_facts.readers_of_birthday),
        PrivateField(
            "people.Person",
            "national_id_sealed",
            private_facts.readers_of_identity,
            canary=private_facts.identity_canary,
        ),
        PrivateField("people.Person", "note", private_facts.readers_of_note),
        PrivateField("people.CorrectionRequest", "text", private_facts.readers_of_correction),
        PrivateField("people.CorrectionRequest", "answer", private_facts.readers_of_correction),
    ]


@hooks.register("register_sealed_field")
def sealed_fields():
    return SealedField("people.Person", "national_id_sealed", "national_id_hash")


@hooks.register("register_log_actions")
def log_actions(actions):
    actions.register_action("people.enter", _("Enter a posting"), _("Posting entered"))
    actions.register_action("people.transfer", _("Transfer"), _("Transferred"))
    actions.register_action("people.withdraw", _("Withdraw"), _("Withdrawn"))
    actions.register_action("people.appoint", _("Appoint"), _("Appointed"))
    actions.register_action("people.dismiss", _("End an appointment"), _("Appointment ended"))
    actions.register_action("people.join", _("Join a body"), _("Body joined"))
    actions.register_action("people.leave_body", _("Leave a body"), _("Body left"))
    actions.register_action("people.open_account", _("Open an account"), _("Account opened"))
    actions.register_action("people.open_accounts", _("Open several accounts"), _("Several accounts opened"))
    actions.register_action("people.make_slips", _("Make activation slips"), _("Activation slips made"))
    actions.register_action("people.close_account", _("Close an account"), _("Account closed"))
    actions.register_action("people.create", _("Add a person"), _("Person added"))
    actions.register_action("people.change", _("Change a person's entry"), _("Person's entry changed"))
    actions.register_action("people.disclose_identity", _("Show an identity number"), _("Identity number shown"))
    actions.register_action("people.ask_correction", _("Ask for a correction"), _("Correction asked for"))
    actions.register_action("people.decide_correction", _("Decide on a correction"), _("Correction decided"))
    actions.register_action("people.export_own", _("Export own data"), _("Own data exported"))


@hooks.register("register_sheet")
def sheet_kinds():
    return list(KINDS)


@hooks.register("register_paper")
def paper_kinds():
    return [papers.STAFF_LIST, SLIPS, papers.MATERIAL]


@hooks.register("register_demo")
def demo_part():
    return [
        DemoPart("people", 10, demo.load),
        # After everything that counts heads: whoever comes today is on no roll yet.
        DemoPart("people.newcomers", 90, demo_newcomers.load),
    ]
