"""How often periodic work runs. Seconds by name: read by the scheduler (Celery) and by the table of what to do."""

EVERY_SECONDS = {
    "audit-seal": 30,
    "nonces-sweep": 600,
    "complaints-escalate": 900,
    "clocks-recompute": 86_400,
    "drafts-expire": 21_600,
    "scores-nightly": 86_400,
    "handovers-escalate": 900,
    "consultations-remind": 900,
    "effects-count": 86_400,
    "actions-remind": 3_600,
    "opinions-publish": 300,
    "lake-sweep": 86_400,
}
