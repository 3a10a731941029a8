"""The demo: a generated quarter, or real data, sent through the real doors."""
