"""The client of the filers signs the generated requests: a distribution of its own, read from its source."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "filer" / "src"))
