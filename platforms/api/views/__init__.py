"""Doors of the REST API: parse, call a service, render."""
