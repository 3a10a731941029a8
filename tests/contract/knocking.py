"""Every route of the URLconf, and one request to it by everybody."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.http import HttpResponse
from django.urls import URLPattern, get_resolver

from tests.contract.scene import AUDIENCES, PERIOD, RULE, STAFF, Scene, browser, untouched
from tests.factories import complaints, platforms

API_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
PAGE_METHODS = ("GET", "POST")
QUERIES = {
    "api/v1/mandates": "?line=p2p_lending",
    "api/v1/rulebook/changes": "?from=2017-01-01&to=2017-12-31",
    "api/v1/rulebook/corrections": "?from=2017-01-01&to=2017-12-31",
    "api/v1/rulebook/rules/<str:rule_id>/diff": "?from=2017-01-01&to=2017-12-31",
}
_MISSING = {"public_id": "00000000-0000-7000-8000-000000000000", "receipt": "AAAA-BBBB-CCCC-DDDD-EEEE"}
HOLE = re.compile(r"<(?:\w+:)?(\w+)>")


def routes() -> list[str]:
    """The pattern of every route, in the order of the URLconf; regular expressions are cut to their fixed part."""
    return [_plain(route) for route in _walk(get_resolver().url_patterns)]


def _walk(patterns: Any, before: str = "") -> Iterator[str]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield route
        else:
            yield from _walk(one.url_patterns, route)


def _plain(route: str) -> str:
    return route.replace("(?P<url>.*)$", "<url>").split("^(?P<app_label>")[0] + (
        "<app_label>/" if "^(?P<app_label>" in route else ""
    )


def is_api(route: str) -> bool:
    """Whether the route belongs to the tree of platforms and banks."""
    return route.startswith("api/v1/")


def methods_of(route: str) -> tuple[str, ...]:
    """The methods that are tried. Histories and old addresses of the staff site do not look at the method."""
    if is_api(route):
        return API_METHODS
    return PAGE_METHODS[:1] if route.endswith(("/history/", "<path:object_id>/")) else PAGE_METHODS


def audiences_of(route: str) -> tuple[str, ...]:
    """Who knocks: a client key is a header that pages do not read, so its holder is anonymous there."""
    return AUDIENCES if is_api(route) else ("anonymous", *STAFF)


def path_of(route: str, scene: Scene) -> str:
    """An address under the route: the platform's own filing, the lead's case, the receipt of the complaint."""
    return "/" + HOLE.sub(lambda found: str(_value(route, found.group(1), scene)), route) + QUERIES.get(route, "")


def _value(route: str, name: str, scene: Scene) -> Any:
    fixed = {"name": "loan_book", "receipt": scene.receipt, "rule_id": RULE, "app_label": "cases", "url": "no-such"}
    if name in fixed:
        return fixed[name]
    if name == "content_type_id":
        return 1
    if name == "public_id":
        return _public_id(route, scene)
    if name == "key":
        return "P2P16" if "instruments/" in route else "interest.void_percent"
    return _admin_key(route, scene)


def _public_id(route: str, scene: Scene) -> str:
    if "complaints/" in route:
        return scene.complaint
    if "platforms/" in route:
        return str(scene.filers["platform"].of.public_id)
    special = {"content": scene.opened, "submit": scene.loaded, "withdraw": scene.unsubmitted}
    return special.get(route.rpartition("/")[2], scene.filing)


def _admin_key(route: str, scene: Scene) -> Any:
    _admin, app, model = route.split("/")[:3]
    if app == "r":
        return 1
    known = {"cases/case": scene.case, "complaints/complaint": scene.complaint_pk, "platforms/finding": scene.finding}
    if f"{app}/{model}" in known:
        return known[f"{app}/{model}"]
    row = apps.get_model(app, model)._default_manager.order_by("pk").first()
    return row.pk if row is not None else 1


def body_of(route: str, audience: str, scene: Scene) -> tuple[bytes, str]:
    """A body that the handler would take."""
    if route.endswith("/content"):
        return platforms.csv_of(platforms.indicators(report_month="2017-04")), platforms.CSV
    documents: dict[str, Any] = {
        "api/v1/filings": {"template": _template(audience), "period": PERIOD, **_subject(audience, scene)},
        "api/v1/complaints/<uuid:public_id>/answers": {"body": complaints.ANSWER, "outcome": "upheld"},
        "api/v1/public/complaints": {"narrative": complaints.NARRATIVE, "platform_text": "某某示例贷"},
        "api/v1/registrations": _registration(audience, scene),
    }
    return json.dumps(documents.get(route, {})).encode(), "application/json"


def _template(audience: str) -> str:
    return "depository_statement" if audience == "bank" else "loan_book"


def _subject(audience: str, scene: Scene) -> dict[str, str]:
    return {"platform": str(scene.filers["platform"].of.public_id)} if audience == "bank" else {}


def _registration(audience: str, scene: Scene) -> dict[str, Any]:
    filer = scene.filers.get(audience) or scene.filers["platform"]
    return {
        "name": "测试新平台", "legal_name": "测试新平台有限公司", "kind": filer.kind, "business_lines": ["p2p_lending"],
        "region": "110000", "public_key": base64.b64encode(platforms.raw_public(filer.key)).decode(),
    }  # fmt: skip


def knock(
    route: str, method: str, audience: str, scene: Scene, *, missing: bool = False,
    afterwards: Callable[[], None] | None = None,
) -> HttpResponse:
    """One request; nothing of it stays. `missing`: to an object that does not exist."""
    path = path_of(route, scene)
    if missing:
        path = "/" + HOLE.sub(lambda found: str(_MISSING.get(found.group(1), 999_999_999)), route)
    with untouched():
        answer = _send(route, method, path, audience, scene)
        if afterwards is not None:
            afterwards()
        return answer


def _send(route: str, method: str, path: str, audience: str, scene: Scene) -> HttpResponse:
    client = browser(scene.sessions.get(audience, ""))
    if not is_api(route):
        return client.generic(method, path)
    body, content_type = body_of(route, audience, scene) if method in {"POST", "PUT", "PATCH"} else (b"", "")
    if audience in scene.filers:
        return scene.filers[audience].send(method, path, body, content_type)
    return client.generic(method, path, body, content_type)


def cell(answer: HttpResponse) -> str:
    """The status, and for redirects where to."""
    if answer.status_code not in {301, 302}:
        return str(answer.status_code)
    to = answer["Location"]
    if to.startswith(("/accounts/login/", "/admin/login/")):
        return "login"
    if to.startswith("/accounts/2fa/totp/activate"):
        return "factor"
    return "gone" if to == "/admin/" else "moved"
