"""A launch as one document, and the formats it can be written in.

`source` reads the rows, `parts` makes plain values of them, a writer a file: the report page shows the same values.
"""
