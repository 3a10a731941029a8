"""Benchmarks with their floors, run by `manage.py bench`. Never tests: they have no opinion, only figures."""
