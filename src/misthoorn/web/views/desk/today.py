from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from misthoorn.web.guards import desk


@desk
def today(request: HttpRequest) -> HttpResponse:
    return render(request, "misthoorn/desk/today.html")
