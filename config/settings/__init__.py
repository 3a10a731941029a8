"""Settings by environment: base, dev (embedded services and demo), test, prod."""
