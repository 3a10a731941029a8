"""The same checks on Spark, for markets one machine cannot hold (extra `spark`; needs Java).

Only the check step moves: strangers' files are still read in the jail, and what Spark runs is text made from vetted
trees of the portable language, so its answers are DuckDB's (a test for every rule). Leading with Spark would be wrong:
at a million rows it takes ten to twenty times as long.
"""

from analytics.spark.checking import run_checks
from analytics.spark.session import why_absent

__all__ = ["run_checks", "why_absent"]
