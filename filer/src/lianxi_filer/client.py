"""The filing interface as plain method calls."""

import json
import ssl
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from lianxi_filer.keys import FilerKey
from lianxi_filer.problems import FilerProblem
from lianxi_filer.transport import EMPTY, Answer, Body, Progress, Transport

CSV = "text/csv; charset=utf-8"
GZIP = "application/gzip"
PARQUET = "application/vnd.apache.parquet"
FINAL_STATES = frozenset({"accepted", "accepted_with_findings", "returned", "withdrawn"})


class FilerClient:
    """Files data for one registered key. Safe to share between threads; keeps its connections open.

    Every POST carries an Idempotency-Key; pass your own to make a call repeatable across restarts, otherwise
    a random one is used. Every method raises `FilerProblem` when the server refuses.
    Templates are read unsigned, so they need no key (`None`).
    """

    def __init__(
        self,
        base_url: str,
        key: FilerKey | None,
        key_id: str | None = None,
        timeout: float = 30,
        *,
        language: str = "en",
        allow_plain_http: bool = False,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self.key = key
        self.key_id = key_id or (key.thumbprint if key else "")
        self.platform_id = ""
        self.transport = Transport(base_url, key, timeout, language, allow_plain_http, ssl_context)

    def __enter__(self) -> "FilerClient":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        """Close idle connections; the client stays usable."""
        self.transport.close()

    # registration

    def register(
        self,
        *,
        name: str,
        legal_name: str,
        kind: str = "platform",
        business_lines: Sequence[str],
        region: str,
        website: str = "",
        external_ref: str = "",
        idempotency_key: str | None = None,
    ) -> dict[str, Any]:
        """Register this key and its holder (kind "platform" or "bank"; region a GB/T 2260 code).

        Returns the answer (platform, key_id, state); keeps its `key_id` for all later calls, and `platform_id`.
        """
        key = self._required_key()
        payload = {
            "name": name,
            "legal_name": legal_name,
            "kind": kind,
            "business_lines": list(business_lines),
            "region": region,
            "public_key": key.public_raw_b64,
            **({"website": website} if website else {}),
            **({"external_ref": external_ref} if external_ref else {}),
        }
        new_id = f"new:{key.thumbprint}"
        answer = self._post("/registrations", payload, idempotency_key, key_id=new_id)
        self.key_id = str(answer.get("key_id") or key.thumbprint).removeprefix("new:")
        self.platform_id = str(answer.get("platform", ""))
        return answer

    # filing

    def file(
        self,
        template: str,
        period: str,
        content: bytes | Path,
        media_type: str = CSV,
        platform: str | None = None,
        on_progress: Progress | None = None,
        *,
        note: str = "",
        idempotency_key: str | None = None,
    ) -> dict[str, Any]:
        """Open a filing, send its content, submit it. Returns the filing with receipt and progress.

        A `Path` is read in chunks and never held whole. `platform` names the subject when a bank files.
        `on_progress(step, done, total)` is called with the steps "hash" and "send", in bytes. A problem after
        the opening carries `filing_id`; `resume` continues there.
        """
        body = Body.of_bytes(content) if isinstance(content, bytes) else Body.of_file(content, on_progress)
        opened = self.open(
            template, period, platform=platform, note=note, idempotency_key=_step(idempotency_key, "open")
        )
        answer = self._deliver(
            str(opened["id"]), body, media_type, on_progress, _step(idempotency_key, "submit")
        )
        return {**opened, **answer}

    def open(
        self,
        template: str,
        period: str,
        *,
        platform: str | None = None,
        note: str = "",
        idempotency_key: str | None = None,
    ) -> dict[str, Any]:
        """Open a filing (or the next revision of one) and return it; `id` names it from here on."""
        payload = {"template": template, "period": period}
        if platform:
            payload["platform"] = platform
        if note:
            payload["note"] = note
        return self._post("/filings", payload, idempotency_key)

    def resume(
        self,
        filing_id: str,
        content: bytes | Path,
        media_type: str = CSV,
        on_progress: Progress | None = None,
        *,
        idempotency_key: str | None = None,
    ) -> dict[str, Any]:
        """Send content for a filing that is already open, and submit it."""
        body = Body.of_bytes(content) if isinstance(content, bytes) else Body.of_file(content, on_progress)
        return self._deliver(filing_id, body, media_type, on_progress, _step(idempotency_key, "submit"))

    def _deliver(
        self,
        filing_id: str,
        body: Body,
        media_type: str,
        on_progress: Progress | None,
        idempotency_key: str | None,
    ) -> dict[str, Any]:
        path = f"/filings/{_segment(filing_id)}"
        try:
            stored = self._send(
                "PUT",
                f"{path}/content",
                headers={"Content-Type": media_type},
                body=body,
                on_progress=on_progress,
            )
            submitted = self._post(f"{path}/submit", {}, idempotency_key)
        except FilerProblem as problem:
            problem.filing_id = filing_id
            raise
        return {"id": filing_id, **stored.json(), **submitted}

    def wait(
        self, filing_id: str, timeout: float = 600, on_progress: Progress | None = None
    ) -> dict[str, Any]:
        """Poll until the filing is decided and return it. `on_progress(step, done, total)` is in rows.

        Refuses with `filer.wait_timeout` after `timeout` seconds; the server goes on without us.
        """
        end, pause = time.monotonic() + timeout, 0.2
        while True:
            filing = self.filing(filing_id)
            _tell(filing, on_progress)
            if filing.get("state") in FINAL_STATES:
                return filing
            if time.monotonic() + pause > end:
                raise FilerProblem(
                    "filer.wait_timeout",
                    f"The filing is not decided after {timeout:g} seconds (state: {filing.get('state')})",
                    cure=f"Ask again later: lianxi-filer status {filing_id}",
                    filing_id=filing_id,
                )
            time.sleep(pause)
            pause = min(pause * 1.5, 5.0)

    def withdraw(self, filing_id: str, *, idempotency_key: str | None = None) -> dict[str, Any]:
        """Take back a filing that was not submitted yet."""
        return self._post(f"/filings/{_segment(filing_id)}/withdraw", {}, idempotency_key)

    # reading

    def filing(self, filing_id: str) -> dict[str, Any]:
        """One own filing: state, revision, progress."""
        return self._get(f"/filings/{_segment(filing_id)}")

    def filings(self, **filters: str) -> list[dict[str, Any]]:
        """All own filings, newest last, optionally filtered (template=, period=)."""
        return list(self._pages("/filings", filters))

    def findings(self, filing_id: str) -> list[dict[str, Any]]:
        """What the checks found in a filing: rule, legal basis, measured value, threshold, rows."""
        return list(self._pages(f"/filings/{_segment(filing_id)}/findings", {}))

    def findings_document(self, filing_id: str) -> dict[str, Any]:
        """The findings (`results`) with the rules that could not be evaluated and why (`not_evaluable`)."""
        return self._get(f"/filings/{_segment(filing_id)}/findings")

    def findings_csv(self, filing_id: str) -> bytes:
        """The findings as a CSV file."""
        return self._send("GET", f"/filings/{_segment(filing_id)}/findings.csv").content

    def rejected_csv(self, filing_id: str) -> bytes:
        """The rows that could not be read, with the reason for each, as a CSV file."""
        return self._send("GET", f"/filings/{_segment(filing_id)}/rejected.csv").content

    def receipt(self, filing_id: str) -> dict[str, Any]:
        """The receipt of a submitted filing, signed by the server."""
        return self._get(f"/filings/{_segment(filing_id)}/receipt")

    def templates(self) -> list[dict[str, Any]]:
        """The filing templates (column contracts) that the server knows."""
        return list(self._pages("/templates", {}, signed=False))

    def template(self, name: str) -> dict[str, Any]:
        """One filing template with its columns."""
        return _object(self._send("GET", f"/templates/{_segment(name)}", signed=False))

    def sample_csv(self, name: str) -> bytes:
        """A small correct file for a template."""
        return self._send("GET", f"/templates/{_segment(name)}/sample.csv", signed=False).content

    # plumbing

    def _get(self, path: str) -> dict[str, Any]:
        return _object(self._send("GET", path))

    def _post(
        self, path: str, payload: dict[str, Any], idempotency_key: str | None, *, key_id: str | None = None
    ) -> dict[str, Any]:
        body = Body.of_bytes(json.dumps(payload, ensure_ascii=False).encode("utf-8"))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": idempotency_key or str(uuid.uuid4()),
        }
        return _object(self._send("POST", path, headers=headers, body=body, key_id=key_id))

    def _send(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        body: Body = EMPTY,
        on_progress: Progress | None = None,
        key_id: str | None = None,
        signed: bool = True,
    ) -> Answer:
        signer = (key_id or self.key_id) if signed else None
        return self.transport.send(
            method, path, key_id=signer, headers=headers, body=body, on_progress=on_progress
        )

    def _required_key(self) -> FilerKey:
        if self.key is None:
            raise FilerProblem(
                "filer.key_missing", "Registering needs a key", cure="Make one: lianxi-filer key make"
            )
        return self.key

    def _pages(self, path: str, filters: dict[str, str], *, signed: bool = True) -> Iterator[dict[str, Any]]:
        target: str | None = f"{path}?{urlencode(filters)}" if filters else path
        while target:
            page = self._send("GET", target, signed=signed).json()
            yield from page["results"] if isinstance(page, dict) else page
            target = _local(page.get("next")) if isinstance(page, dict) else None


def _object(answer: Answer) -> dict[str, Any]:
    document = answer.json()
    if not isinstance(document, dict):
        raise FilerProblem("filer.unexpected", "The server's answer is not an object", status=answer.status)
    return document


def _segment(text: str) -> str:
    return quote(text, safe="")


def _step(idempotency_key: str | None, step: str) -> str | None:
    return f"{idempotency_key}:{step}" if idempotency_key else None


def _local(address: str | None) -> str | None:
    """Path and query of a "next" link: signed requests only ever go to the configured server."""
    if not address:
        return None
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _tell(filing: dict[str, Any], on_progress: Progress | None) -> None:
    progress = filing.get("progress") or {}
    if on_progress is not None:
        step = str(progress.get("step") or filing.get("state") or "")
        on_progress(step, int(progress.get("done") or 0), int(progress.get("total") or 0))
