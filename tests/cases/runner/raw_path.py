"""Paths as the cases write them: bytes that are not UTF-8, control characters and backslashes are \\xHH."""
import re


def escape(raw):
    """Bytes of a path to text."""
    text = raw.decode("utf-8", "surrogateescape")
    return "".join(_escape_character(character) for character in text)


def _escape_character(character):
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # what surrogateescape makes of a byte that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x20 or code == 0x7F or character == "\\":
        return f"\\x{code:02x}"
    return character


def unescape(text):
    """Text of a case to bytes of a path."""
    return re.sub(rb"\\x([0-9a-fA-F]{2})", lambda found: bytes([int(found[1], 16)]), text.encode())
