"""The demo hall's robot: entered and turned off, as in every hall that has not decided yet."""

from __future__ import annotations

from intranet.access.registry import DemoHall

from . import robot_services
from .registry import group_notice_kinds

# The key of the service's own documentation style: it belongs to no group.
ADDRESS = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=00000000-0000-0000-0000-000000000000"


def load(hall: DemoHall) -> None:
    robot_services.add_robot(
        name="大厅窗口工作群",
        form="wecom",
        address=ADDRESS,
        kinds=list(group_notice_kinds()),
        by=hall.officers.get("system_admin"),
    )
    hall.say("one group robot, turned off")
