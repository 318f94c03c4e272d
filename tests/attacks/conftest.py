"""The browser of the journeys, for attacks on signing."""

from tests.browser.conftest import (  # noqa: F401 - fixtures are found here by name
    browser_context_args,
    browser_type_launch_args,
    complaints,
    new_context,
    sign_in,
)
