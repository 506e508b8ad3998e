from django.conf import settings
from django.http import HttpRequest

from .appearance import appearance_of


def hall(request: HttpRequest) -> dict[str, object]:
    """The hall's name and the person's own choice of appearance, on every page."""
    return {"hall_name": settings.HALL_NAME, "appearance": appearance_of(request)}
