"""Platforms and depository banks: register, client keys, filings, findings, reconciliation."""
