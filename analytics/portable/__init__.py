"""The rule language that answers alike on every engine: a SQL subset by name, and functions of our own.

Plain SQL differs silently between DuckDB and Spark (months between dates, division, rounding casts, `substr` from 0,
date arithmetic). What differs is refused, and a portable function says the same thing on both. Each admitted part owns
a conformance vector under `vectors/`; the allow-list of the sandbox is read from there.
"""

from analytics.portable.expand import ENGINES, engine_text, expand
from analytics.portable.functions import PortableFunction, portable_functions, what_is_wrong

__all__ = ["ENGINES", "PortableFunction", "engine_text", "expand", "portable_functions", "what_is_wrong"]
