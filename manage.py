#!/usr/bin/env python3
"""One entry for everything: `python3 manage.py demo`, `python3 manage.py test`, or any Django command.

Needs nothing but Python 3.11 or newer: it makes `.venv` and starts the embedded services by itself.
"""

import os
import sys


def main() -> int:
    """Check the interpreter, then hand over to config.bootstrap.cli."""
    if sys.version_info < (3, 11):  # noqa: UP036  (older interpreters must get here to be told)
        found = f"{sys.version_info[0]}.{sys.version_info[1]} ({sys.executable})"
        sys.stderr.write(
            "Lianxi needs Python 3.11 or newer; this is " + found + ".\n"
            "Install one (for example: apt-get install python3.11 python3.11-venv) and start with it.\n"
        )
        return 1
    if os.name != "posix":
        sys.stderr.write("Lianxi runs on Linux and macOS; on Windows use WSL.\n")
        return 1
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    from config.bootstrap.cli import main as run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
