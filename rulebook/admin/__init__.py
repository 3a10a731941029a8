"""Staff pages of the rulebook."""

from rulebook.admin.calendars import WorkingYearAdmin
from rulebook.admin.coverage import CoveragePages
from rulebook.admin.drafts import RuleDraftAdmin
from rulebook.admin.law import (
    ClauseAdmin,
    DeadlineRuleAdmin,
    InstrumentAdmin,
    PackImportAdmin,
    ParameterValueAdmin,
    RuleVersionAdmin,
)
from rulebook.admin.sources import SourceConfirmationAdmin

__all__ = [
    "ClauseAdmin",
    "CoveragePages",
    "DeadlineRuleAdmin",
    "InstrumentAdmin",
    "PackImportAdmin",
    "ParameterValueAdmin",
    "RuleDraftAdmin",
    "RuleVersionAdmin",
    "SourceConfirmationAdmin",
    "WorkingYearAdmin",
]
