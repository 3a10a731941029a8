"""What this app announces.

score.recorded   {score_id, platform_id, area, previous_area, is_unsettled}
warning.raised   {warning_id, platform_id, kind, level}
model.activated  {model_version_id, purpose}
"""

from __future__ import annotations

SCORE_RECORDED = "score.recorded"
WARNING_RAISED = "warning.raised"
MODEL_ACTIVATED = "model.activated"
