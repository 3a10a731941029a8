"""Metric definitions that conflict, each as a versioned SQL file, and all readings of one loan book."""

from analytics.metrics.definitions import MetricDefinition, metric_definition, metric_definitions, part_title
from analytics.metrics.readings import metric_readings

__all__ = ["MetricDefinition", "metric_definition", "metric_definitions", "metric_readings", "part_title"]
