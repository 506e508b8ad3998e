"""What is done to accounts: roles, locks, slips, phones, second factors."""

from .grants import give_role, set_roles, take_role
from .phones import forget_phone, forget_phones, remember_phone
from .sign_ins import end_sign_in, password_changed, take_pin_try, unlock
from .slips import activate, make_slips, may_hand_over, reset_in_person
from .two_factors import begin, check_code, confirm, new_recovery_codes, remove, reset_second_factor

__all__ = [
    "activate",
    "begin",
    "check_code",
    "confirm",
    "end_sign_in",
    "forget_phone",
    "forget_phones",
    "give_role",
    "make_slips",
    "may_hand_over",
    "new_recovery_codes",
    "password_changed",
    "remember_phone",
    "remove",
    "reset_in_person",
    "reset_second_factor",
    "set_roles",
    "take_pin_try",
    "take_role",
    "unlock",
]
