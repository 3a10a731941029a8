"""Pages of `docs/generated/`, written from what the code and the rule packs say."""
