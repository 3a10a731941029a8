"""The embedded broker keeps its messages over a stop and a kill, and obeys LIANXI_BROKER_URL."""

import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from config.bootstrap import valkey


@pytest.fixture
def broker(run_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.delenv("LIANXI_BROKER_URL", raising=False)
    yield valkey.ensure_broker()
    valkey.stop_broker()


def _client(url: str) -> redis.Redis:
    return redis.Redis(unix_socket_path=url.removeprefix("redis+socket://"))


def test_messages_survive_a_stop(broker: str) -> None:
    with _client(broker) as client:
        client.rpush("q", "one")
    assert valkey.stop_broker() is True
    assert valkey.is_running() is False
    assert valkey.ensure_broker() == broker
    with _client(broker) as client:
        assert client.lrange("q", 0, -1) == [b"one"]


def test_a_killed_broker_is_started_again(broker: str, run_dir: Path) -> None:
    os.kill(int((run_dir / "valkey" / "valkey.pid").read_text()), signal.SIGKILL)
    assert valkey.ensure_broker() == broker
    assert valkey.is_running()


def test_the_socket_is_private_and_there_is_no_port(broker: str) -> None:
    path = Path(broker.removeprefix("redis+socket://"))
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    with _client(broker) as client:
        assert client.config_get("port") == {"port": "0"}
        assert client.config_get("appendonly") == {"appendonly": "yes"}


def test_a_given_address_starts_nothing(run_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANXI_BROKER_URL", "redis://broker.example/0")
    assert valkey.ensure_broker() == "redis://broker.example/0"
    assert valkey.is_running() is False
