"""`python -m config.demo.compare A.json B.json`: two demo reports must tell the same but for times."""

import json
import sys
from pathlib import Path

TIMES = ("seconds_by_step", "filing_run")


def differences(first: dict[str, object], second: dict[str, object]) -> list[str]:
    """The names whose values differ, times left out."""
    names = (set(first) | set(second)) - set(TIMES)
    return sorted(name for name in names if first.get(name) != second.get(name))


def main(arguments: list[str]) -> int:
    """Exit 0 when the reports agree, 1 with the differing names."""
    first, second = (json.loads(Path(name).read_text(encoding="utf-8")) for name in arguments)
    found = differences(first, second)
    for name in found:
        sys.stdout.write(f"{name}: {first.get(name)!r} != {second.get(name)!r}\n")
    sys.stdout.write("1 passed, 0 failed\n" if not found else "0 passed, 1 failed\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
