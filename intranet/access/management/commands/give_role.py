"""Give roles from the command line: how the first personnel officer of a new hall gets in."""

from __future__ import annotations

import getpass
import sys

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from intranet.access.models import User
from intranet.access.roles import ROLES
from intranet.access.services import give_role


class Command(BaseCommand):
    help = "Give roles to an account; with --name the account is made first (password asked, or read from a pipe)"

    def add_arguments(self, parser) -> None:
        parser.add_argument("username")
        parser.add_argument("roles", nargs="+", choices=sorted(ROLES), metavar="ROLE")
        parser.add_argument("--name", help="the person's name: make the account if there is none")

    def handle(self, *args, **options) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            if not options["name"]:
                raise CommandError(f"There is no account {options['username']}. Give --name to make it.")
            user = self.made(options["username"], options["name"])
        for key in options["roles"]:
            give_role(user, key)
        self.stdout.write(f"{user.username}: {', '.join(sorted(user.role_keys))}")

    def made(self, username: str, name: str) -> User:
        password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        user = User(username=username, name=name)
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        user.set_password(password)
        user.save()
        give_role(user, "staff")
        return user
