"""The code in a document's foot: the first 100 bits of the digest of its facts, in letters that nobody confuses.

Crockford's base 32 (no I, L, O, U), five by five: "7ZK3M-0QT9V-…". It is short enough to be typed, and long enough
that nobody finds another document with the same one.
"""

import re

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 20
_READ_AS = str.maketrans("ILOU", "110V")
_CODE = re.compile(rf"[{_DIGITS}]{{{_LENGTH}}}")


def code_of(sha256: str) -> str:
    """Return the code of a digest (64 hexadecimal digits) as it is kept: twenty letters and digits."""
    number = int(sha256[: _LENGTH * 5 // 4], 16)
    return "".join(_DIGITS[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))


def printed(code: str) -> str:
    """Return a code in groups of five."""
    return "-".join(code[begin : begin + 5] for begin in range(0, len(code), 5))


def read_code(text: str) -> str:
    """Return what somebody typed as a code, or "" if it is none: blanks, hyphens and small letters do not matter,
    and letters that look like a digit are read as that digit."""
    code = re.sub(r"[\s\-‐-―]", "", text).upper().translate(_READ_AS)
    return code if _CODE.fullmatch(code) else ""
