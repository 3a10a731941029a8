"""Rule + parameters on a day = a check the engine can run. Pure."""

from rulebook.compiler.compiling import (
    DECIMALS,
    CompiledCheck,
    NotCompilable,
    ParametersOn,
    compile_rule,
    stored_check,
    threshold_text,
    with_value,
)

__all__ = [
    "DECIMALS",
    "CompiledCheck",
    "NotCompilable",
    "ParametersOn",
    "compile_rule",
    "stored_check",
    "threshold_text",
    "with_value",
]
