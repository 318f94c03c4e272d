"""What a reader raises: the file is not of its format, or is more than anybody would write."""


class Unread(Exception):
    """The bytes are not of the format that they claim to be."""


class TooMuch(Exception):
    """The file is larger, deeper or fuller than a checklist is."""
