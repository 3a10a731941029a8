"""`python -m lianxi_filer` is the command."""

from lianxi_filer.command.main import entry

entry()
