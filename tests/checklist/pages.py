"""What the tests of pages share: addresses of rows, both ways of asking, what was said."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from checklist.tokens import token_of

PLAIN, HTMX = {}, {"HX-Request": "true"}
both_ways = pytest.mark.parametrize("headers", [PLAIN, HTMX], ids=["plain", "htmx"])

# What nobody should be able to break a page with.
HOSTILE = {
    "a megabyte": "x" * 1_000_000,
    "a NUL": "a\x00b",
    "a right-to-left override": "a\u202eb",
    "markup": "<script>alert(1)</script>",
    "nothing to see": "\u200b",
    "a huge number": "9" * 400,
}
hostile = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())


def section_url(section, name="section"):
    return reverse(f"checklist:{name}", args=[section.launch.slug, section.number])


def item_url(item, name="item", *more):
    section = item.section
    args = [section.launch.slug, section.number, item.pk, *more]
    return reverse(f"checklist:{name}", args=args)


def launch_url(launch, name="launch", *more):
    return reverse(f"checklist:{name}", args=[launch.slug, *more])


def click(item, wanted, seen=None):
    """What a button of an item's row sends."""
    return {"set": f"{token_of(item.pk)}:{seen or item.status}:{wanted}"}


def at_row(item):
    return f"{section_url(item.section)}#i-{token_of(item.pk)}"


def said(response):
    """The messages that wait for the next page."""
    return [str(message) for message in get_messages(response.wsgi_request)]
