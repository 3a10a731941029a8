"""A whole-text pattern of fixed length as a GLOB, which the engine matches in half the time. Pure."""

import re

_ONE = r"[A-Za-z0-9_:/-]|\\[.-]|\\d|\[(?:[a-z]-[a-z]|[A-Z]-[A-Z]|[0-9]-[0-9]|[A-Za-z0-9])+\]"
_PART = re.compile(rf"(?P<one>{_ONE})(?:\{{(?P<times>[1-9][0-9]?)\}})?")
_LONGEST = 64


def as_glob(pattern: str) -> str | None:
    """The GLOB that matches exactly the same texts; None for a pattern with choices, open lengths or rarer signs.

    Only ASCII letters, digits, a few plain signs and classes of them are taken, each once or `{n}` times.
    """
    place, parts = 0, []
    while place < len(pattern):
        found = _PART.match(pattern, place)
        if found is None or pattern[found.end() : found.end() + 1] in {"*", "+", "?", "{", "|"}:
            return None
        one, times = found["one"], int(found["times"] or 1)
        parts.append({"\\d": "[0-9]", "\\.": ".", "\\-": "-"}.get(one, one) * times)
        place = found.end()
    glob = "".join(parts)
    return glob if glob and len(glob) <= _LONGEST * 5 else None
