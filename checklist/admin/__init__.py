"""The operators' pages of this app. Every save calls an action; launches are only looked at."""

from checklist.admin.appointments import AppointmentAdmin
from checklist.admin.launches import LaunchAdmin, SectionAdmin
from checklist.admin.templates import TemplateSectionAdmin, TemplateVersionAdmin

__all__ = [
    "AppointmentAdmin",
    "LaunchAdmin",
    "SectionAdmin",
    "TemplateSectionAdmin",
    "TemplateVersionAdmin",
]
