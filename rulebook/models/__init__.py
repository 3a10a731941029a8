"""Nouns of the rulebook."""

from rulebook.models.instrument import Instrument
from rulebook.models.pack_import import PackImport
from rulebook.models.rule_version import RuleVersion
from rulebook.models.values import DeadlineRule, ParameterValue

__all__ = ["DeadlineRule", "Instrument", "PackImport", "ParameterValue", "RuleVersion"]
