"""The report in the terminal: short lines, both the numbers and where to look."""

from typing import Any

from config.demo import people
from config.demo.steps import Demo

WIDTH = 78


def printed(numbers: dict[str, Any], demo: Demo) -> str:
    """The report as text. Passwords are shown here, in the terminal of whoever started the demo, nowhere else."""
    lines = ["", "═" * WIDTH, f" Lianxi 联席 · demo report · {demo.source}", "═" * WIDTH]
    lines += _work(numbers)
    lines += _addresses(demo)
    return "\n".join([*lines, "═" * WIDTH, ""])


def _work(numbers: dict[str, Any]) -> list[str]:
    filed = sum(numbers["filings"].values())
    lines = [
        f" Filed        {filed} filings by {numbers['platforms']} institutions",
        f"              rows accepted {numbers['rows_accepted']:,}, rejected {numbers['rows_rejected']:,}",
    ]
    lines += [f"              {name:<44} {count:>6}" for name, count in numbers["filings"].items()]
    lines.append(f" Findings     {_pairs(numbers['findings'])}; rules not evaluable {numbers['rules_not_evaluable']:,}")
    lines += [f"              {name:<44} {count:>6}" for name, count in numbers["findings_by_rule"].items()]
    lines += [
        f" Scores       {_pairs(numbers['scores'])}",
        f" Risk areas   {_pairs(numbers['areas'])}",
        f" Model        {_pairs(numbers['model'])}",
        f" Warnings     {_pairs(numbers['warnings'])}",
        f" Cases        {_pairs(numbers['cases'])}",
        f" Complaints   {_pairs(numbers['complaints'])}",
        *(f"              {c['clock']:<20} due {c['due_on']}, {c['state']}" for c in numbers["complaint_clocks"][:4]),
        f" Hand-overs   {_pairs(numbers['hand_overs'])}; questions asked: {_pairs(numbers['questions'])}",
        *_law(numbers["law"]),
        f" Agenda       {len(numbers['agenda'])} proposed items for the quarter's joint meeting",
    ]
    lines += [f"              {number}. {_title(title)}" for number, title in enumerate(numbers["agenda"][:6], start=1)]
    lines += _meeting(numbers["meeting"])
    lines.append(" Time         " + "; ".join(f"{name} {s:.1f} s" for name, s in numbers["seconds_by_step"].items()))
    return lines


def _meeting(met: dict[str, Any]) -> list[str]:
    if not met:
        return []
    head = f"{met['quarter']} {met['state']}: {len(met['bodies'])} bodies"
    return [
        f" Meeting      {head}; items {_pairs(met['items'])}",
        f"              resolutions {met['resolutions']}, actions {met['actions']}, minutes {met['minutes']}",
    ]


def _law(done: dict[str, str]) -> list[str]:
    if not done:
        return []
    return [
        f" Law          what if {done['changed']}: findings {done['findings']}, nothing stored",
        f"              draft {done['draft']}; source {done['source']}",
    ]


def _title(title: Any) -> str:
    return f"{title.get('zh', '')} / {title.get('en', '')}" if isinstance(title, dict) else str(title)


def _pairs(values: dict[str, Any]) -> str:
    return ", ".join(f"{key} {value}" for key, value in values.items()) or "none"


def _addresses(demo: Demo) -> list[str]:
    base = demo.base_url
    lines = [
        "─" * WIDTH,
        f" Public site  {base}/            complaints, register, rules",
        f" Staff        {base}/admin/      password and second factor:",
    ]
    for login in people.logins():
        lines.append(f"   {login.username:<17} {login.password:<18} TOTP secret {login.totp_secret}")
        lines.append(f"   {'':<17} {login.who} ({login.authority})")
    lines.append(f" API          {base}/api/docs/   signed requests")
    if "DEMO-01" in demo.clients:
        lines.append(f"   platform DEMO-01, key {people.key_file('DEMO-01')}")
    receipts = [(name, people.demo_note(name)) for name in ("lending", "consumer")]
    for name, note in ((name, note) for name, note in receipts if note):
        lines.append(f" Consumer     {base}/complaints/status/   receipt {note['receipt']} ({name})")
    return lines
