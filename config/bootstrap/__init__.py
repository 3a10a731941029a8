"""What runs before the packages exist: standard library only (held by an import contract)."""
