"""The only code that writes the register, filings and findings."""

from platforms.services.checking import filing_process
from platforms.services.comparing import metrics_process, recompute_process, reconcile_process
from platforms.services.filings import (
    filing_open,
    filing_store_content,
    filing_submit,
    filing_withdraw,
)
from platforms.services.keys import client_key_add, client_key_revoke
from platforms.services.registration import (
    depository_agreement_record,
    platform_confirm,
    platform_exit,
    platform_register,
    platform_resume,
    platform_suspend,
)
from platforms.services.rehearsing import rehearse
from platforms.services.rehearsing_older import OlderCheck, OlderCount, rehearse_older
from platforms.services.replaying import Difference, Replay, finding_replay
from platforms.services.storage import discard, staged_key, staging_file
from platforms.services.sweeping import lake_sweep

__all__ = [
    "Difference",
    "OlderCheck",
    "OlderCount",
    "Replay",
    "client_key_add",
    "client_key_revoke",
    "depository_agreement_record",
    "discard",
    "filing_open",
    "filing_process",
    "filing_store_content",
    "filing_submit",
    "filing_withdraw",
    "finding_replay",
    "lake_sweep",
    "metrics_process",
    "platform_confirm",
    "platform_exit",
    "platform_register",
    "platform_resume",
    "platform_suspend",
    "recompute_process",
    "reconcile_process",
    "rehearse",
    "rehearse_older",
    "staged_key",
    "staging_file",
]
