"""Robots of chat groups: what there are, what they carry, what they told and why something failed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django.views.generic import FormView, TemplateView

from intranet.access.exceptions import RuleError
from intranet.access.roles import SYSTEM_ADMIN
from intranet.access.views import RolesRequiredMixin, RuleErrorMixin, show_rule_error, visible_or_404
from intranet.ui.addresses import site_is_reachable

from . import robot_services
from .group_models import GroupPost, Robot
from .group_sending import known_kinds
from .robot_forms import RobotForm
from .states import OutboxState

POSTS_A_PAGE = 20


@method_decorator(never_cache, name="dispatch")
class RobotList(RolesRequiredMixin, TemplateView):
    roles = (SYSTEM_ADMIN,)
    template_name = "reminders/robots.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        robots = Robot.objects.visible_to(self.request.user).prefetch_related("topics")
        counted = robots.annotate(failed=Count("posts", filter=Q(posts__state=OutboxState.FAILED)))
        labels = {key: kind.label for key, kind in known_kinds().items()}
        carried = [[labels[topic.kind] for topic in robot.topics.all() if topic.kind in labels] for robot in counted]
        return super().get_context_data(**kwargs, rows=list(zip(counted, carried, strict=True)))


@method_decorator([never_cache, sensitive_post_parameters("address", "secret")], name="dispatch")
class RobotNew(RolesRequiredMixin, RuleErrorMixin, FormView):
    roles = (SYSTEM_ADMIN,)
    form_class = RobotForm
    template_name = "reminders/robot_form.html"

    def save(self, form: RobotForm) -> Robot:
        robot = robot_services.add_robot(by=self.request.user, **form.cleaned_data)
        messages.success(self.request, _("The robot is kept, and turned off. Turn it on, then send a test."))
        return robot

    def get_success_url(self) -> str:
        return reverse("reminders:robot", args=[self.result.pk])


@method_decorator([never_cache, sensitive_post_parameters("address", "secret")], name="dispatch")
class RobotEdit(RolesRequiredMixin, RuleErrorMixin, FormView):
    roles = (SYSTEM_ADMIN,)
    form_class = RobotForm
    template_name = "reminders/robot_form.html"

    @cached_property
    def robot(self) -> Robot:
        return visible_or_404(Robot, self.request.user, pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "robot": self.robot}

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.robot.name, "kinds": list(self.robot.topics.values_list("kind", flat=True))}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, robot=self.robot)

    def save(self, form: RobotForm) -> Robot:
        robot = robot_services.change_robot(robot=self.robot, by=self.request.user, **form.cleaned_data)
        messages.success(self.request, _("The changes are kept."))
        return robot

    def get_success_url(self) -> str:
        return reverse("reminders:robot", args=[self.robot.pk])


@method_decorator(never_cache, name="dispatch")
class RobotPage(RolesRequiredMixin, View):
    """One robot: its state, what it carries, and every message with how it went."""

    roles = (SYSTEM_ADMIN,)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        robot = visible_or_404(Robot, request.user, pk=pk)
        kinds = known_kinds()
        page = Paginator(robot.posts.all(), POSTS_A_PAGE).get_page(request.GET.get("page"))
        for post in page.object_list:
            named = kinds.get(post.kind)
            post.kind_label = named.label if named else _("a part of the site that is not in use")
            post.reason = _(post.failure) if post.failure else ""
        context = {
            "robot": robot,
            "carries": [kinds[topic.kind].label for topic in robot.topics.all() if topic.kind in kinds],
            "page_obj": page,
            "reachable": site_is_reachable(),
        }
        return render(request, "reminders/robot.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        robot = visible_or_404(Robot, request.user, pk=pk)
        deed = DEEDS.get(request.POST.get("do", ""))
        if deed is None:
            messages.error(request, _("Choose one of the buttons."))
            return redirect("reminders:robot", pk=pk)
        act, said = deed
        try:
            act(robot=robot, by=request.user)
        except RuleError as error:
            show_rule_error(request, error)
        else:
            messages.success(request, said())
        if act is robot_services.remove_robot:
            return redirect("reminders:robots")
        return redirect("reminders:robot", pk=pk)


DEEDS: dict[str, tuple[Any, Any]] = {
    "on": (robot_services.turn_on, lambda: _("The robot is on. It tells what becomes due from now on.")),
    "off": (robot_services.turn_off, lambda: _("The robot is off. Nothing leaves the hall through it.")),
    "test": (robot_services.send_test, lambda: _("The test message goes out within a minute.")),
    "remove": (robot_services.remove_robot, lambda: _("The robot is taken away; its address is erased.")),
}
POST_DEEDS: dict[str, tuple[Any, Any]] = {
    "skip": (robot_services.skip_post, lambda: _("This message is not sent.")),
    "retry": (robot_services.retry_post, lambda: _("This message is tried again within a minute.")),
}


@require_POST
def post_deed(request: HttpRequest, pk: int) -> HttpResponse:
    """Skip a message that waits, or try one again that has failed."""
    post = visible_or_404(GroupPost, request.user, pk=pk)
    deed = POST_DEEDS.get(request.POST.get("do", ""))
    if deed is None:
        messages.error(request, _("Choose one of the buttons."))
        return redirect("reminders:robot", pk=post.robot_id)
    act, said = deed
    try:
        act(post=post, by=request.user)
    except RuleError as error:
        show_rule_error(request, error)
    else:
        messages.success(request, said())
    return redirect("reminders:robot", pk=post.robot_id)
