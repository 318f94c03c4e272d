"""Notes in Markdown, made safe to show: no HTML, no images, no headings, links to the web and to mail only."""

from urllib.parse import urlsplit

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

EXCERPT = 100
SCHEMES = {"http", "https", "mailto"}
TAGS = {"p", "br", "em", "strong", "code", "pre", "ul", "ol", "li", "blockquote", "a", "hr"}


def _is_harmless(url: str) -> bool:
    try:
        return urlsplit(url).scheme.lower() in SCHEMES
    except ValueError:
        return False


_parser = MarkdownIt("commonmark", {"html": False, "breaks": True})
_parser.disable(["image", "heading", "lheading", "html_block", "html_inline", "reference"])
_parser.validateLink = _is_harmless  # type: ignore[method-assign]


def render(text: str) -> SafeString:
    """A note as HTML. What the parser lets through, a second net cleans."""
    cleaned = nh3.clean(
        _parser.render(text),
        tags=TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes=SCHEMES,
        link_rel="nofollow noopener",
    )
    return mark_safe(cleaned)  # noqa: S308 - cleaned just above


def has_markup(text: str) -> bool:
    """Does rendering add anything to the plain words?"""
    return render(text).strip() != f"<p>{escape(text.strip())}</p>"


def excerpt(text: str) -> str:
    """The beginning of a note as one plain line."""
    flat = " ".join(text[: EXCERPT * 4].split())
    return flat if len(flat) <= EXCERPT else f"{flat[: EXCERPT - 1].rstrip()}…"
