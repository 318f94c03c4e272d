"""Reading checklists that people bring: files in, one plain `Draft` out. Knows no database."""
