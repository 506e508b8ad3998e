from .audit import AuditEntry, AuditEntryManager, AuditEntryQuerySet
from .credentials import ActivationSlip, Authenticator, RecoveryCode, RememberedPhone
from .users import Role, User

__all__ = [
    "ActivationSlip",
    "AuditEntry",
    "AuditEntryManager",
    "AuditEntryQuerySet",
    "Authenticator",
    "RecoveryCode",
    "RememberedPhone",
    "Role",
    "User",
]
