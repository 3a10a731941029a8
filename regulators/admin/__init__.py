"""Staff pages of the supervision map, of work between authorities and of the joint meeting."""

from regulators.admin import authorities, coordination, experts, mandates, meetings, officers

__all__ = ["authorities", "coordination", "experts", "mandates", "meetings", "officers"]
