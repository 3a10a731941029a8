"""How many generated cases a property gets: few in the daily suite, many with `manage.py test --faults`.

    @pytest.mark.thorough
    @settings(max_examples=cases(8, 25))

The marker brings the test into the run of the slow ones too.
"""

import os

VARIABLE = "LIANXI_THOROUGH"


def cases(few: int, many: int) -> int:
    """`many` in the slow run, else `few`."""
    return many if os.environ.get(VARIABLE) == "1" else few
