"""The real doors, as the demo uses them: signed REST requests of filers, the public complaint form of a consumer."""

import os
import re
import sys
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from config.demo.market import DemoFiling

sys.path.insert(0, str(settings.BASE_DIR / "filer" / "src"))  # the filer is a distribution of its own

if TYPE_CHECKING:
    from lianxi_filer import FilerClient

WORKERS = 4
OPEN_STATES = frozenset({"open", "content_received", "withdrawn"})


def keys_dir() -> Path:
    """Where the demo keeps the filers' private keys (0700)."""
    folder = Path(os.environ.get("LIANXI_RUN_DIR") or settings.RUN_DIR) / "demo-keys"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def filer(base_url: str, code: str) -> "FilerClient":
    """A filer with a key of its own, made on first use and kept for the next run."""
    from lianxi_filer import FilerClient, FilerKey

    path = keys_dir() / f"{code.replace(':', '_')}.pem"
    if not path.exists():
        FilerKey.generate().save(path)
    return FilerClient(base_url, FilerKey.load(path), language="zh-hans")


@dataclass(frozen=True)
class Filer:
    """A registered institution with its signing client."""

    client: "FilerClient"
    public_id: str


@dataclass(frozen=True)
class Applicant:
    """An institution that registers."""

    code: str
    name: str
    legal_name: str
    kind: str
    line: str
    region: str


def register_all(base_url: str, applicants: Iterable[Applicant], tick: Callable[[int], None]) -> dict[str, Filer]:
    """Register every applicant with a signed request; the answer to a repeated one is the first answer."""
    clients: dict[str, Filer] = {}

    def one(applicant: Applicant) -> tuple[str, Filer]:
        client = filer(base_url, applicant.code)
        answer = client.register(
            name=applicant.name, legal_name=applicant.legal_name, kind=applicant.kind,
            business_lines=[applicant.line], region=applicant.region, external_ref=applicant.code,
        )
        return applicant.code, Filer(client, str(answer["platform"]))

    with ThreadPoolExecutor(WORKERS) as pool:
        for number, (code, client) in enumerate(pool.map(one, applicants), start=1):
            clients[code] = client
            tick(number)
    return clients


@dataclass
class Sent:
    """What became of the files."""

    sent: int = 0
    known: int = 0


def send_all(clients: dict[str, Filer], files: list[DemoFiling], tick: Callable[[int], None]) -> Sent:
    """File everything: one thread per filer at a time, so that a filer's own files keep their order.

    What an earlier run has filed (same filer, subject, template and period) is left alone.
    """
    by_filer: dict[str, list[DemoFiling]] = {}
    for item in files:
        by_filer.setdefault(item.filer, []).append(item)
    result, done = Sent(), 0

    def one(code: str) -> Sent:
        return _send_for(clients, code, by_filer[code])

    with ThreadPoolExecutor(WORKERS) as pool:
        for part in pool.map(one, by_filer):
            result.sent += part.sent
            result.known += part.known
            done = result.sent + result.known
            tick(done)
    return result


def _send_for(clients: dict[str, Filer], code: str, files: list[DemoFiling]) -> Sent:
    own, part = clients[code], Sent()
    known = {
        (row["template"], row["period"], row.get("platform") or "")
        for row in own.client.filings() if row["state"] not in OPEN_STATES
    }
    for item in files:
        subject = clients[item.subject].public_id if item.subject else ""
        if (item.template, item.period, subject or own.public_id) in known:
            part.known += 1
            continue
        own.client.file(item.template, item.period, item.content, platform=subject or None)
        part.sent += 1
    return part


class Browser:
    """A consumer's browser without JavaScript: cookies, forms, nothing else."""

    def __init__(self, base_url: str, language: str = "zh-hans") -> None:
        """Start with empty cookies."""
        self.base_url = base_url
        self.jar = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        self.opener.addheaders = [("Accept-Language", language), ("User-Agent", "lianxi-demo")]

    def get(self, path: str) -> str:
        """The page as text."""
        with self.opener.open(self.base_url + path, timeout=30) as answer:
            return str(answer.read().decode())

    def post(self, path: str, fields: dict[str, str]) -> str:
        """Send a form with the hidden fields of the page it stands on."""
        page = self.get(path)
        data = urllib.parse.urlencode({**hidden_fields(page), **fields}).encode()
        request = urllib.request.Request(  # noqa: S310 - our own loopback address
            self.base_url + path, data=data, headers={"Referer": self.base_url + path}
        )
        with self.opener.open(request, timeout=30) as answer:
            return str(answer.read().decode())


def hidden_fields(page: str) -> dict[str, str]:
    """Names and values of the hidden inputs of a page."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            found[name.group(1)] = value.group(1) if value else ""
    return found
