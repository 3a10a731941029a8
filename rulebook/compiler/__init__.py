"""Rule + parameters on a day = a check the engine can run. Pure."""

from rulebook.compiler.compiling import (
    CompiledCheck,
    NotCompilable,
    ParametersOn,
    compile_rule,
    stored_check,
    threshold_text,
    with_value,
)

__all__ = [
    "CompiledCheck",
    "NotCompilable",
    "ParametersOn",
    "compile_rule",
    "stored_check",
    "threshold_text",
    "with_value",
]
