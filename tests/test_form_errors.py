"""What is wrong with a form as a whole."""

from crispy_forms.utils import render_crispy_form
from django.forms import CharField, Form


class NameForm(Form):
    name = CharField()


def test_it_is_read_out_when_it_appears():
    form = NameForm({"name": "Aureus"})
    form.add_error(None, "Nobody <b>holds</b> this.")

    page = render_crispy_form(form)

    assert 'role="alert"' in page
    assert "Nobody &lt;b&gt;holds&lt;/b&gt; this." in page


def test_a_form_without_it_alerts_nobody():
    assert 'role="alert"' not in render_crispy_form(NameForm({"name": ""}))
