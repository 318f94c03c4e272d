"""How a file is to be read, where somebody says so: what the preview lets them change."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """`section_level`: the deepest heading that makes a section (0: any). `plain_bullets`: None decides by the file."""

    section_level: int = 0
    status_column: str = ""
    plain_bullets: bool | None = None
    nested: bool = True


AS_IS = Options()
