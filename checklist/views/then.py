"""Pages as they stood at a moment of their launch (`?at=`). Who may see the launch today may see its past."""

from dataclasses import replace
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from accounts.requests import Request, is_fragment
from checklist.forms.items import SectionFilter
from checklist.pages.stood import (
    item_page_then,
    launch_page_then,
    scene_of,
    section_page_then,
)
from checklist.views.loading import visible_launch

AT = "at"


def launch_then(request: Request, slug: str) -> HttpResponse:
    """How the launch stood: the verdict of that moment first."""
    scene = scene_of(visible_launch(request.user, slug), request.GET[AT])
    page = launch_page_then(scene, request.GET.get("show", ""))
    context = {"page": page, "launch": page.launch}
    return render(request, "checklist/launch.html", context)


def section_then(request: Request, slug: str, number: str) -> HttpResponse:
    """The section's items as they were; for htmx the closed drawer alone."""
    scene = scene_of(visible_launch(request.user, slug), request.GET[AT])
    page = section_page_then(scene, scene.section(number), SectionFilter(request.GET).asked())
    part = "#closed" if is_fragment(request) else ""
    return render(request, f"checklist/section.html{part}", {"page": page, "drawer": None})


def item_then(request: Request, slug: str, number: str, pk: UUID) -> HttpResponse:
    """The item as it was, beside its section's list; for htmx the drawer alone."""
    scene = scene_of(visible_launch(request.user, slug), request.GET[AT], pk)
    section = scene.section(number)
    drawer = item_page_then(scene, scene.item(section, pk))
    if is_fragment(request):
        return render(request, "checklist/drawer.html", {"drawer": drawer, "oob": False})
    page = section_page_then(scene, section, SectionFilter(request.GET).asked())
    page = replace(page, rows=[replace(row, is_current=row.id == pk) for row in page.rows])
    context = {"page": page, "drawer": drawer, "oob": False}
    return render(request, "checklist/section.html", context)
