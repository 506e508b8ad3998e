from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.models import ModelLogEntry

from intranet.ui.registry import DeskCard, NavigationItem

from . import cards, restrictions, roles, wagtail_media
from .models import AuditEntry
from .registry import SealedField


# After Wagtail's own registration, so that every model but Page is logged here.
@hooks.register("register_log_actions", order=10)
def log_actions(actions):
    actions.register_model(Model, AuditEntry)
    actions.log_entry_models.discard(ModelLogEntry)
    for key, label, message in (
        ("access.give_role", _("Give a role"), _("Role given")),
        ("access.take_role", _("Take a role"), _("Role taken")),
        ("access.sign_in", _("Sign in (account)"), _("Signed in")),
        ("access.sign_out", _("Sign out"), _("Signed out")),
        ("access.sign_in_failed", _("Failed sign-in"), _("Sign-in failed")),
        ("access.locked_out", _("Lock-out"), _("Account locked after wrong passwords")),
        ("access.unlock", _("Unlock"), _("Account unlocked")),
        ("access.password_change", _("Change password"), _("Password changed")),
        # Written by earlier versions; the entries stay readable.
        ("access.password_handed_over", _("Hand over a password"), _("New password handed over")),
        ("access.confirm_password", _("Sign in again"), _("Signed in again")),
        ("access.activate", _("Activate an account with a slip"), _("Account activated with a slip")),
        ("access.reset_in_person", _("Reset a sign-in in person"), _("Sign-in reset in person, new slip given")),
        ("access.remember_phone", _("Remember a phone"), _("Phone remembered for 30 days")),
        ("access.forget_phone", _("Forget a phone"), _("Remembered phone forgotten")),
        ("access.second_factor_set_up", _("Set up a second factor"), _("Second factor set up")),
        ("access.second_factor_failed", _("Failed second factor"), _("Wrong code of the second factor")),
        ("access.second_factor_removed", _("Remove the second factor"), _("Second factor removed by its owner")),
        ("access.second_factor_reset", _("Reset a second factor"), _("Second factor reset in person")),
        ("access.recovery_code_used", _("Use a recovery code"), _("Recovery code used")),
        ("access.recovery_codes_made", _("Make recovery codes"), _("New recovery codes made")),
        ("access.export_audit", _("Export the audit log"), _("Audit log exported")),
    ):
        actions.register_action(key, label, message)


@hooks.register("register_sealed_field")
def sealed_fields():
    return SealedField("access.Authenticator", "sealed_key")


@hooks.register("register_private_file")
def editors_files():
    return wagtail_media.PRIVATE_FILES


# Before Wagtail's own check of the same restrictions.
@hooks.register("before_serve_page", order=-10)
def page_for_its_groups(page, request, serve_args, serve_kwargs):
    restrictions.hide_from_others(page.get_view_restrictions(), request)


@hooks.register("before_serve_document", order=-10)
def document_for_its_groups(document, request):
    restrictions.hide_from_others(document.collection.get_view_restrictions(), request)


@hooks.register("register_desk_card")
def desk_card():
    return DeskCard("access.locked", "access/cards/locked.html", cards.locked_card, order=6, waiting=True)


@hooks.register("register_navigation_item")
def menu():
    return [
        NavigationItem(
            "access.accounts",
            _("Accounts"),
            "access:accounts",
            is_system_admin,
            800,
            "office",
            _("Give roles, unlock accounts, reset sign-ins in person."),
        ),
        NavigationItem(
            "access.audit",
            _("Audit log"),
            "access:audit",
            is_auditor,
            810,
            "office",
            _("Who did what to which object, when and from where."),
        ),
        NavigationItem("access.own_account", _("My sign-in"), "access:own_account", order=900, area="me"),
    ]


def is_system_admin(user):
    return user.is_authenticated and user.has_role(roles.SYSTEM_ADMIN)


def is_auditor(user):
    return user.is_authenticated and user.has_role(roles.AUDITOR)
