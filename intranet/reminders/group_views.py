"""The picture that is sent into a chat group."""

from __future__ import annotations

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from . import group_notices

NAME_LENGTH = 60


@never_cache
@require_safe
def group_picture(request: HttpRequest, token: str) -> HttpResponse:
    """The code with its title as a PNG, for whom the page made this address; 404 for everybody else."""
    try:
        title, path = group_notices.read_token(request.user, token)
    except signing.BadSignature as error:
        raise Http404 from error
    response = HttpResponse(group_notices.picture(request.build_absolute_uri(path), title), content_type="image/png")
    # Shown, not saved: WeChat's browser downloads nothing, but lets a picture be pressed long and sent on.
    name = content_disposition_header(as_attachment=False, filename=f"{title[:NAME_LENGTH]}.png")
    response.headers["Content-Disposition"] = name or "inline"
    return response
