"""The jail: strangers' files and staff's SQL are read in a fresh, limited child process, never in the caller.

`shared_jail().run(task, args, limits=...)` gives the task's answer or raises JailFailure. A preloaded fork server makes
a child in a few milliseconds; importing the libraries anew for each filing would cost half an hour for 3,000 filings.
"""

from analytics.jail.client import Jail, shared_jail
from analytics.jail.limits import JailFailure, JailLimits

__all__ = ["Jail", "JailFailure", "JailLimits", "shared_jail"]
