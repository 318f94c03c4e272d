"""A real Chromium on the live server. A console error or a policy violation fails the test."""

import shutil

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
SWITCHES = (
    "--no-sandbox --disable-quic --disable-background-networking --disable-component-update "
    "--disable-sync"
)
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 780}
PATIENCE = 10_000
FITS = "() => document.documentElement.scrollWidth <= innerWidth"
TOO_WIDE = """addEventListener("load", () => {
  if (document.documentElement.scrollWidth > innerWidth) console.error("Wider than the phone: " + location);
});"""

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    return browser_type_launch_args | {"executable_path": found, "args": SWITCHES.split()}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args, live_server):
    return browser_context_args | {"base_url": live_server.url}


@pytest.fixture
def complaints():
    """What pages complained of. A test that provokes a refusal empties the list itself."""
    heard = []
    yield heard
    assert heard == []


@pytest.fixture
def new_context(new_context, complaints):
    """Every context is listened to. Call it for a second browser, or with options for a theme."""

    def hear(message):
        if message.type == "error":
            complaints.append(message.text)

    def listening(viewport=DESKTOP, **options):
        context = new_context(viewport=viewport, **options)
        context.set_default_timeout(PATIENCE)
        context.on("console", hear)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        return context

    return listening


@pytest.fixture
def phone(new_context):
    return new_context(viewport=PHONE, has_touch=True).new_page()


@pytest.fixture
def plain_page(new_context):
    """A page in a browser that runs no JavaScript."""
    return new_context(java_script_enabled=False).new_page()


@pytest.fixture
def sign_in(live_server):
    """Sign a person in on a page without the form, which has a journey of its own."""

    def as_person(page, person):
        client = Client()
        client.force_login(person)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "url": live_server.url}]
        )

    return as_person


@pytest.fixture
def new_desk(new_context, sign_in):
    """A browser of its own on somebody's desk."""

    def at_desk(person):
        page = new_context().new_page()
        sign_in(page, person)
        return page

    return at_desk


@pytest.fixture
def new_phone(new_context, sign_in):
    """A phone in somebody's hand. A page that is wider than it is an error like any other."""

    def in_hand(person):
        context = new_context(viewport=PHONE, has_touch=True)
        context.add_init_script(TOO_WIDE)
        page = context.new_page()
        sign_in(page, person)
        return page

    return in_hand
