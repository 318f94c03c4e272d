"""What a strict content security policy would block in a page."""

from html.parser import HTMLParser


class InlineCode(HTMLParser):
    """Collects inline scripts, styles, handlers and scripted addresses; data blocks are no scripts."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "style" or (
            tag == "script" and "src" not in given and given.get("type") != "application/json"
        ):
            self.found.append(tag)
        self.found += [
            f"{tag} {name}" for name in given if name == "style" or name.startswith("on")
        ]
        self.found += [
            f"{tag} {name}"
            for name, value in attrs
            if (value or "").strip().lower().startswith("javascript:")
        ]


def inline_code(html):
    parser = InlineCode()
    parser.feed(html)
    return parser.found
