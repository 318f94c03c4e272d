"""Files that people bring, and templates made of them: by their actions."""

from checklist.actions.bringing import bring_checklist, keep_upload
from checklist.imports.files import read_file
from checklist.imports.template import Names

FILE = b"""# Mine

## 1. Security

**Responsible:** Night Watch
**Sign-off:** Gatekeeper

- [x] Doors
- [ ] Windows

## Sign-off

- [ ] GO
- [ ] NO-GO
"""


def make_upload(owner, content=FILE, name="mine.md"):
    return keep_upload(name, content, by=owner)


def make_brought(by, content=FILE, name="mine.md"):
    """A template's draft that somebody brought, names that nobody has left out; its origin."""
    upload = make_upload(by, content, name)
    draft = read_file(name, content)
    return bring_checklist(upload, draft, by=by, names=Names.known()).origin
