"""GitHub issue forms, and any YAML with sections and items: composed by a safe loader, never constructed."""

from typing import Any

import yaml

from checklist.imports.blocks import read
from checklist.imports.draft import Draft, DraftItem, DraftSection
from checklist.imports.facts import phase_of
from checklist.imports.options import AS_IS, Options
from checklist.imports.statuses import leading
from checklist.imports.trees import DEEPEST, MOST_NODES, read_tree
from checklist.imports.unread import TooMuch, Unread
from checklist.rules import ItemStatus, Phase

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str, name: str, options: Options = AS_IS) -> Draft:
    """The checklist in a YAML text. `Unread` where it is no YAML, `TooMuch` where it unfolds without end."""
    try:
        _guard(text)
        node = yaml.compose(text, Loader=LOADER)
    except (yaml.YAMLError, RecursionError, ValueError) as odd:
        raise Unread from odd
    top = _members(node)
    if isinstance(top.get("body"), yaml.SequenceNode):
        return _form(top, name)
    return read_tree(_Values().of(node), text, "yaml", name, options)


def _guard(text: str) -> None:
    """Count what is there before it is composed, which goes as deep as the text does."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=LOADER)):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST or count > MOST_NODES:
            raise TooMuch


def _form(top: dict[str, yaml.Node], name: str) -> Draft:
    draft = Draft("github-issue-form", _scalar(top.get("name")) or name)
    for element in _nodes(top["body"]):
        part = _members(element)
        if _scalar(part.get("type")) != "checkboxes":
            continue
        told = _members(part.get("attributes"))
        title = " ".join(read(_scalar(told.get("label")))[0].split()) or draft.title
        section = DraftSection(title, element.start_mark.line + 1)
        section.phase = phase_of(title) or Phase.READINESS
        section.guidance = _scalar(told.get("description")).strip()
        section.items = [item for node in _nodes(told.get("options")) if (item := _option(node))]
        if section.items:
            draft.sections.append(section)
    return draft


def _option(node: yaml.Node) -> DraftItem | None:
    words = _scalar(_members(node).get("label")) or _scalar(node)
    found = leading(words)
    text, links = read(found[1] if found else words)
    text = " ".join(text.split())
    status = found[0] if found else ItemStatus.UNSET
    return DraftItem(text, node.start_mark.line + 1, status, links=links) if text else None


def _members(node: yaml.Node | None) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {_scalar(key): value for key, value in node.value}


def _nodes(node: yaml.Node | None) -> list[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _scalar(node: yaml.Node | None) -> str:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


class _Values:
    """Nodes as plain values: only text, lists and objects, and no more of them than a checklist has."""

    def __init__(self) -> None:
        self.nodes = 0

    def of(self, node: yaml.Node | None, depth: int = 0) -> Any:
        self.nodes += 1
        if depth > DEEPEST or self.nodes > MOST_NODES:
            raise TooMuch
        if isinstance(node, yaml.MappingNode):
            return {_scalar(key): self.of(value, depth + 1) for key, value in node.value}
        if isinstance(node, yaml.SequenceNode):
            return [self.of(value, depth + 1) for value in node.value]
        return _scalar(node)
