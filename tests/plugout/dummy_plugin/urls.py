from django.http import HttpResponse
from django.urls import path


def front(request):
    return HttpResponse("dummy")


app_name = "dummy_plugin"
urlpatterns = [path("", front, name="front")]
