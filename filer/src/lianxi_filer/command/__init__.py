"""The command `lianxi-filer`."""
