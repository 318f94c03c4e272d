"""Every page in a real browser: quiet, named, no wider than the screen, and asking nobody else for anything."""

import pytest
from django.conf import settings
from django.urls import reverse

from tests.access.world import make_world
from tests.accounts.html import inline_code
from tests.browser.conftest import DESKTOP, FITS, PHONE
from tests.factories.launches import make_template
from tests.factories.people import make_admin, make_user
from tests.test_pages_strict import (
    client_of,
    make_keyed,
    operators_pages,
    pages,
    pages_of_the_past,
    persons_pages,
    proven,
    visitors_pages,
)

CONTROLS = {
    "button",
    "checkbox",
    "combobox",
    "Date",
    "InputTime",
    "link",
    "listbox",
    "radio",
    "searchbox",
    "slider",
    "spinbutton",
    "switch",
    "textbox",
}
UNNAMED = {"", "Sentinel · Sentinel"}
# Everything that can be folded out is, and the page is looked at as it then is.
LOOK = """() => {
  document.querySelectorAll("details").forEach((part) => { part.open = true; });
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  return {
    headings: document.querySelectorAll("h1").length,
    twice: ids.filter((id, at) => ids.indexOf(id) !== at),
    unlit: [...document.images].filter((image) => !image.complete || !image.naturalWidth).map((image) => image.src),
  };
}"""
BAD = """<!DOCTYPE html><h1 id="a">One</h1><h1 id="a">Two</h1><div style="width: 9999px">Wide</div>
<p onclick="x()">Click</p><script>let x;</script><button></button><details><input name="x"></details>
<img src="http://elsewhere.example/x.png">"""


class Eye:
    """A browser of one person, which looks at pages and says what is wrong with each."""

    def __init__(self, new_context, live_server, complaints, client=None):
        context = new_context()
        if client:
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies(
                [{"name": cookie.key, "value": cookie.value, "url": live_server.url}]
            )
        self.page = context.new_page()
        self.nodes = context.new_cdp_session(self.page)
        self.home, self.complaints, self.asked = live_server.url, complaints, []
        self.page.on("request", lambda request: self.asked.append(request.url))

    def wrong(self, address, *, ours=True):
        """What is wrong with a page: wide and light, then narrow and dark.

        The admin's pages are Django's: they may be wide, and their rows of fields have a heading, not labels.
        """
        self.asked.clear()
        response = self.page.goto(address)
        found = [f"answered {response.status}"] if response.status != 200 else []
        found += inline_code(response.text())
        found += self.seen(ours=ours)
        self.page.set_viewport_size(PHONE)
        self.page.emulate_media(color_scheme="dark")
        found += self.seen(ours=ours)
        self.page.set_viewport_size(DESKTOP)
        self.page.emulate_media(color_scheme="light")
        found += [url for url in self.asked if not url.startswith((self.home, "data:"))]
        found += self.complaints
        self.complaints.clear()
        return found

    def seen(self, *, ours):
        look = self.page.evaluate(LOOK)
        width = self.page.viewport_size["width"]
        if ours and not self.page.evaluate(FITS):
            yield f"wider than {width}"
        if look["headings"] != 1:
            yield f"{look['headings']} h1"
        if self.page.title() in UNNAMED:
            yield "no title"
        yield from (f"id {name} twice" for name in look["twice"])
        yield from (f"image {source} not shown" for source in look["unlit"])
        if ours:
            yield from (f"unnamed {role} at {width}" for role in self.unnamed())

    def unnamed(self):
        """The roles of what one can use and Chromium finds no name for."""
        for node in self.nodes.send("Accessibility.getFullAXTree")["nodes"]:
            role, name = (node.get(part, {}).get("value", "") for part in ("role", "name"))
            if role in CONTROLS and not node["ignored"] and not name.strip():
                yield role


@pytest.fixture
def look(new_context, live_server, complaints):
    """Look at pages as somebody, and say what is wrong, by address."""

    def at(addresses, client=None, **options):
        eye = Eye(new_context, live_server, complaints, client)
        found = {address: eye.wrong(address, **options) for address in addresses}
        assert found
        return {address: wrong for address, wrong in found.items() if wrong}

    return at


def shown_to(client, addresses):
    """Those of the addresses that are pages, to this person."""
    answers = {address: client.get(address) for address in addresses}
    return [address for address, answer in answers.items() if is_page(answer)]


def is_page(answer):
    return answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html")


def test_every_page_of_ours(look):
    world = make_world()
    by_visitor = {}
    for _route, address, visitor in pages(world):
        by_visitor.setdefault(visitor, []).append(address)

    wrong = {}
    for visitor, addresses in by_visitor.items():
        client = client_of(world.people[visitor])
        wrong |= look(shown_to(client, addresses), client)

    assert wrong == {}


def test_the_forms_by_which_an_admin_appoints(look):
    place = make_world().launches["internal"]
    url = reverse("checklist:authorities")
    client = client_of(make_admin())

    assert (
        look([f"{url}?deputy={place.held.pk}", f"{url}?appoint={place.vacant.slug}"], client) == {}
    )


def test_every_page_of_the_past(look):
    world = make_world()

    assert look(pages_of_the_past(world), client_of(world.people["manager"])) == {}


def test_every_page_of_signing_in(look):
    keyed, key = make_keyed()
    plain = proven(make_admin())
    owner = proven(keyed)

    assert look(shown_to(client_of(None), visitors_pages())) == {}
    assert look(shown_to(plain, persons_pages()), plain) == {}
    assert look(shown_to(owner, persons_pages(key)), owner) == {}


@pytest.mark.ignore_template_errors  # the admin's own
def test_every_page_of_the_operators(look):
    make_world()
    make_template(published=False)
    client = client_of(make_admin())

    assert look(shown_to(client, operators_pages()), client, ours=False) == {}


def test_what_is_not_there_or_not_allowed_is_a_page_too(look):
    client = client_of(make_user())
    refusals = [reverse("checklist:launch", args=["no-such"]), reverse("checklist:launch-start")]

    wrong = look(refusals, client)

    assert [[entry.split()[:2] for entry in found] for found in wrong.values()] == [
        [["answered", code], ["Failed", "to"]] for code in ("404", "403")
    ]


def test_the_eye_sees(new_context, live_server, complaints):
    eye = Eye(new_context, live_server, complaints)
    eye.page.route("**/*", lambda route: route.fulfill(body=BAD, content_type="text/html"))

    assert sorted(set(eye.wrong("/bad/"))) == [
        "2 h1",
        "div style",
        "http://elsewhere.example/x.png",
        "id a twice",
        "image http://elsewhere.example/x.png not shown",
        "no title",
        "p onclick",
        "script",
        "unnamed button at 1280",
        "unnamed button at 360",
        "unnamed textbox at 1280",
        "unnamed textbox at 360",
        "wider than 1280",
        "wider than 360",
    ]
