"""Launches and their checklists: sections, items, evidence, slots; whether all is ready. It knows no signoff."""
