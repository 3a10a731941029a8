"""The Celery application: queues, acknowledgement and the broker's restore knobs (reasons: docs/adr/0002)."""

import os

from celery import Celery
from kombu import Queue

from config.schedule import EVERY_SECONDS

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.prod")  # development says so itself
os.environ.setdefault("OMP_NUM_THREADS", "1")

app = Celery("lianxi")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    # a new PostgreSQL login for each task costs more than a small task; the tasks check the connection they reuse
    CELERY_DB_REUSE_MAX=10_000,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    worker_max_tasks_per_child=2000,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": 120, "unacked_restore_interval": 5, "unacked_restore_throttle": 1,
        "socket_timeout": 30, "socket_keepalive": True,
    },
    task_queues=[Queue(name) for name in ("relay", "filing", "score", "notice")],
    task_default_queue="relay",
    task_create_missing_queues=False,
    timezone="UTC",
)
app.conf.beat_schedule = {
    name: {"task": "config.tasks.fire", "schedule": seconds, "args": [name], "options": {"queue": "relay"}}
    for name, seconds in EVERY_SECONDS.items()
}
app.autodiscover_tasks()
