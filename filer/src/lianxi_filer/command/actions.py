"""What each sub-command does. An action prints and returns an exit code; problems are raised."""

import hashlib
import json
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TextIO

from lianxi_filer.client import CSV, FINAL_STATES, GZIP, PARQUET, FilerClient
from lianxi_filer.command.configuration import Configuration, configuration_write
from lianxi_filer.command.output import (
    counts_line,
    filing_line,
    finding_text,
    in_language,
    print_json,
    table,
)
from lianxi_filer.command.progress import ProgressBar
from lianxi_filer.command.words import say
from lianxi_filer.keys import FilerKey
from lianxi_filer.problems import FilerProblem
from lianxi_filer.receipts import receipt_verify

DONE, REFUSED, USAGE, NOT_IN_ORDER, NO_ANSWER, SET_UP, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130
_SUFFIXES = {".gz": GZIP, ".parquet": PARQUET}
_UNSUBMITTED = frozenset({"open", "content_received"})


@dataclass
class Session:
    """One run of the command."""

    flags: Namespace
    configuration: Configuration
    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)

    @property
    def language(self) -> str:
        """Which of the two languages the command speaks."""
        return "zh" if self.configuration.language.lower().startswith("zh") else "en"

    @cached_property
    def key(self) -> FilerKey:
        """The signing key."""
        return FilerKey.load(self.configuration.key_path)

    @cached_property
    def client(self) -> FilerClient:
        """A client that signs."""
        return self._client(self.key)

    @cached_property
    def reader(self) -> FilerClient:
        """A client without key, for what anyone may read."""
        return self._client(None)

    def _client(self, key: FilerKey | None) -> FilerClient:
        return FilerClient(
            self.configuration.required_url(),
            key,
            self.configuration.key_id or None,
            self.flags.timeout,
            language="zh-hans" if self.language == "zh" else "en",
            allow_plain_http=self.flags.allow_plain_http,
        )

    def bar(self) -> ProgressBar:
        """A progress bar on the error stream."""
        return ProgressBar(self.err, self.language, quiet=self.flags.quiet)

    def print(self, text: str, **values: object) -> None:
        """Print a text in the right language, unless a script asked for JSON."""
        if not self.flags.json:
            print(say(text, self.language, **values), file=self.out)

    def print_json(self, document: object) -> None:
        """Print a document when JSON was asked for."""
        if self.flags.json:
            print_json(self.out, document)


def key_make(session: Session) -> int:
    """Make a key file."""
    key = FilerKey.generate()
    path = key.save(session.configuration.key_path)
    session.print_json({"path": str(path), "public_key": key.public_raw_b64, "key_id": key.thumbprint})
    session.print("Key made: {path}", path=path)
    session.print("Public key: {key}", key=key.public_raw_b64)
    session.print("Keep the file safe and back it up: whoever has it can file in your name.")
    return DONE


def key_show(session: Session) -> int:
    """Show the public half of the key, and the key id."""
    key, key_id = session.key, session.configuration.key_id or session.key.thumbprint
    session.print_json({"public_key": key.public_raw_b64, "key_id": key_id})
    session.print("Public key: {key}", key=key.public_raw_b64)
    session.print("Key id: {key_id}", key_id=key_id)
    return DONE


def register(session: Session) -> int:
    """Register the institution; keep address, key id and platform id in the configuration."""
    flags = session.flags
    answer = session.client.register(
        name=flags.name,
        legal_name=flags.legal_name or flags.name,
        kind=flags.kind,
        business_lines=flags.line,
        region=flags.region,
        website=flags.website,
        external_ref=flags.external_ref,
    )
    configuration_write(
        session.configuration,
        url=session.configuration.url,
        key=session.configuration.key,
        key_id=session.client.key_id,
        platform=str(answer.get("platform", "")),
    )
    session.print_json(answer)
    state = say(str(answer.get("state", "")), session.language)
    session.print(
        "Registered: platform {platform}, key {key_id}, state {state}",
        platform=answer.get("platform"),
        key_id=session.client.key_id,
        state=state,
    )
    if answer.get("state") == "pending":
        session.print("The authority must confirm the registration before you can file.")
    return DONE


def file(session: Session) -> int:
    """File a file, unless these very bytes are already filed for the period."""
    flags = session.flags
    known = _already_filed(session)
    if known is not None:
        return _after(session, known)
    with session.bar() as bar:
        answer = session.client.file(
            flags.template,
            flags.period,
            flags.file,
            flags.media_type or media_type_of(flags.file),
            flags.platform_id,
            bar,
            note=flags.note,
        )
    return _after(session, answer)


def resubmit(session: Session) -> int:
    """Continue a filing that is still open, or file a correction of a decided one."""
    flags = session.flags
    known = session.client.filing(flags.id)
    media_type = flags.media_type or media_type_of(flags.file)
    with session.bar() as bar:
        if known.get("state") in _UNSUBMITTED:
            answer = session.client.resume(flags.id, flags.file, media_type, bar)
        else:
            platform = known.get("platform")
            answer = session.client.file(
                known["template"], known["period"], flags.file, media_type, platform, bar, note=flags.note
            )
    return _after(session, {**known, **answer})


def status(session: Session) -> int:
    """Show one filing, or list all."""
    if session.flags.id:
        filing = session.client.filing(session.flags.id)
        session.print_json(filing)
        session.print("{line}", line=filing_line(filing, session.language))
        return _outcome(session, filing)
    filings = session.client.filings()
    session.print_json(filings)
    if not filings:
        session.print("No filings yet.")
    elif not session.flags.json:
        columns = ("id", "template", "period", "revision", "state")
        rows = [[say(str(filing.get(name, "")), session.language) for name in columns] for filing in filings]
        print(table(rows), file=session.out)
    return DONE


def findings(session: Session) -> int:
    """List the findings of a filing, or save them as CSV."""
    if session.flags.csv:
        return _save(session, session.client.findings_csv(session.flags.id), session.flags.csv)
    document = session.client.findings_document(session.flags.id)
    session.print_json(document)
    if not session.flags.json:
        for finding in document.get("results", []):
            print(finding_text(finding, session.language), file=session.out)
        for entry in [*document.get("not_evaluable", []), *document.get("unjudged", [])]:
            print(
                f"? {entry.get('rule')}: {in_language(entry.get('reason'), session.language)}",
                file=session.out,
            )
    if document.get("state", "accepted") not in FINAL_STATES:
        session.print("Not decided yet: {state}", state=say(str(document.get("state")), session.language))
    elif not document.get("results"):
        session.print("No findings.")
    return DONE


def rejected(session: Session) -> int:
    """The rows that could not be read, as CSV."""
    return _save(session, session.client.rejected_csv(session.flags.id), session.flags.csv)


def receipt(session: Session) -> int:
    """Check the signed receipt, against a file too, and print it as JSON."""
    found, path = session.client.receipt(session.flags.id), session.flags.file
    receipt_verify(found, server_key=session.configuration.server_key, sha256=_sha256(path) if path else "")
    document = json.dumps(found, ensure_ascii=False, indent=2)
    return _save(session, f"{document}\n".encode(), session.flags.out)


def withdraw(session: Session) -> int:
    """Take back a filing that was not submitted."""
    answer = session.client.withdraw(session.flags.id)
    session.print_json(answer)
    session.print(str(answer.get("state", "withdrawn")))
    return DONE


def sample(session: Session) -> int:
    """A small correct file of a template."""
    return _save(session, session.reader.sample_csv(session.flags.template), session.flags.out)


def template(session: Session) -> int:
    """The column contract of a template as JSON, for `check --contract`."""
    document = json.dumps(session.reader.template(session.flags.template), ensure_ascii=False, indent=2)
    return _save(session, f"{document}\n".encode(), session.flags.out)


def _save(session: Session, content: bytes, target: Path | None) -> int:
    if target is None:
        session.out.write(content.decode("utf-8-sig"))
        return DONE
    try:
        target.write_bytes(content)
    except OSError as error:
        raise FilerProblem("filer.not_written", f"{target} cannot be written", detail=str(error)) from error
    session.print("Written: {path}", path=target)
    return DONE


def media_type_of(path: Path) -> str:
    """The media type by the file's ending; anything unknown is CSV."""
    return _SUFFIXES.get(path.suffix.lower(), CSV)


def _already_filed(session: Session) -> dict[str, Any] | None:
    """The filing of the same template and period that already holds these very bytes, if any."""
    flags = session.flags
    subject = flags.platform_id or session.configuration.platform
    for row in session.client.filings(template=flags.template, period=flags.period):
        if subject and row.get("platform") != subject:
            continue
        filing = session.client.filing(str(row["id"]))
        is_same = (filing.get("content") or {}).get("sha256") == _sha256(flags.file)
        if is_same and filing.get("state") not in {*_UNSUBMITTED, "withdrawn"}:
            return filing
    return None


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError as error:
        raise FilerProblem("filer.file_unreadable", f"{path} cannot be read", detail=str(error)) from error


def _after(session: Session, filing: dict[str, Any]) -> int:
    filing_id = str(filing["id"])
    session.print("Filed: {id}", id=filing_id)
    number = filing.get("receipt_number") or _receipt_number(filing)
    if number:
        session.print("Receipt: {receipt}", receipt=number)
    if session.flags.wait:
        with session.bar() as bar:
            filing = {**filing, **session.client.wait(filing_id, session.flags.wait_timeout, bar)}
    session.print_json(filing)
    session.print("{line}", line=filing_line(filing, session.language))
    return _outcome(session, filing)


def _receipt_number(filing: Mapping[str, Any]) -> str:
    payload = (filing.get("receipt") or {}).get("payload") or {}
    return str(payload.get("receipt", ""))


def _outcome(session: Session, filing: Mapping[str, Any]) -> int:
    """Say what to do next; a returned filing is "not in order"."""
    state, filing_id = filing.get("state"), filing.get("id")
    if state in FINAL_STATES and filing.get("rows"):
        session.print("{line}", line=counts_line(filing, session.language))
    for entry in filing.get("file_errors") or ():
        row = f"{say('row', session.language)} {entry['row']}" if entry.get("row") else ""
        place = ", ".join(part for part in (entry.get("field"), row) if part) or say("file", session.language)
        text = f"  - {place}: {in_language(entry.get('message'), session.language)}"
        session.print("{line}", line=f"{text} {in_language(entry.get('cure'), session.language)}")
    if state in {"returned", "accepted_with_findings"}:
        session.print("Findings: lianxi-filer findings {id}", id=filing_id)
        if (filing.get("rows") or {}).get("rejected"):
            session.print("Rows that could not be read: lianxi-filer rejected {id}", id=filing_id)
    if state != "returned":
        return DONE
    session.print("Correct the file, then: lianxi-filer resubmit {id} FILE", id=filing_id)
    return NOT_IN_ORDER


def leave(code: int) -> None:
    """End the process without a traceback when a reader (`| head`) closed the pipe."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(code)


Action = Callable[[Session], int]
