"""Platform risk: indicators, model versions, scores, the risk coordinate and early warnings."""
