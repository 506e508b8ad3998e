"""A worker of its own process that waits for its start and sends what is due. Prints how many it sent.

``unguarded``: the control, in which nobody claims; all processes have read before any of them sends.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import django


def main(folder: Path, workers: int, number: int, unguarded: bool) -> None:
    django.setup()
    from intranet.reminders import group_sending
    from intranet.reminders.group_models import GroupPost

    def gather(name: str) -> None:
        (folder / f"{name}-{number}").touch()
        while len(list(folder.glob(f"{name}-*"))) < workers:
            time.sleep(0.01)

    asked = []

    def without_a_claim(robot, kinds, now):
        if robot.pk in asked:
            return []
        asked.append(robot.pk)
        posts = list(GroupPost.objects.filter(robot=robot))
        gather(f"read{robot.pk}")
        return posts

    if unguarded:
        group_sending.claim = without_a_claim
        group_sending._begun = lambda post: True
    from tests.reminders.dummy import MORNING

    gather("ready")
    print(group_sending.send_posts(MORNING)["sent"])


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intranet.settings.test")
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "unguarded")
