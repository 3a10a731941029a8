"""Nouns of the rulebook."""

from rulebook.models.clause import Clause
from rulebook.models.draft_rehearsal import DraftRehearsal
from rulebook.models.instrument import Instrument
from rulebook.models.pack_import import PackImport
from rulebook.models.rule_draft import RuleDraft
from rulebook.models.rule_version import RuleVersion
from rulebook.models.source_confirmation import SourceConfirmation
from rulebook.models.values import DeadlineRule, ParameterValue
from rulebook.models.working_year import WorkingYear

__all__ = [
    "Clause",
    "DeadlineRule",
    "DraftRehearsal",
    "Instrument",
    "PackImport",
    "ParameterValue",
    "RuleDraft",
    "RuleVersion",
    "SourceConfirmation",
    "WorkingYear",
]
