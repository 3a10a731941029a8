"""The API's description: complete, valid, and the committed file is the one the code makes."""

import io
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.utils import translation

FILE = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"
METHODS = {"get", "post", "put", "patch", "delete"}


def written(folder: Path) -> str:
    """What the command writes; any warning fails it."""
    file = folder / "openapi.yaml"
    call_command("spectacular", file=str(file), validate=True, fail_on_warn=True, stderr=io.StringIO())
    return file.read_text("utf-8")


@cache
def document() -> Any:
    """The committed description."""
    return yaml.safe_load(FILE.read_text("utf-8"))


def operations() -> list[tuple[str, str, Any]]:
    """Path, method and description of every operation."""
    paths = document()["paths"].items()
    return [(path, name, it) for path, parts in paths for name, it in parts.items() if name in METHODS]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_committed_file_is_the_generated_one(tmp_path: Path, language: str) -> None:
    with translation.override(language):
        assert written(tmp_path) == FILE.read_text("utf-8"), "run: manage.py spectacular --file docs/openapi.yaml"


def test_it_is_openapi_3_1() -> None:
    assert document()["openapi"].startswith("3.1")


def test_every_operation_has_a_summary_a_tag_a_shape_and_problems() -> None:
    ids = [it["operationId"] for _path, _method, it in operations()]
    assert len(ids) == len(set(ids)) >= 25
    for path, method, it in operations():
        where = f"{method} {path}"
        assert it["summary"], where
        assert it["tags"], where
        for code, answer in it["responses"].items():
            wanted = {"application/problem+json"} if code.startswith("4") else {"application/json", "text/csv"}
            assert set(answer["content"]) <= wanted, f"{where} {code}"
        assert "4XX" in it["responses"], where
        good = [answer for code, answer in it["responses"].items() if code.startswith("2")]
        assert all(content["schema"] for answer in good for content in answer["content"].values()), where


def test_every_problem_is_the_one_component() -> None:
    for path, method, it in operations():
        for code, answer in it["responses"].items():
            if code.startswith("4"):
                schema = answer["content"]["application/problem+json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/ProblemDocument"}, f"{method} {path} {code}"


def test_signed_operations_name_both_headers_and_the_digest_and_posts_the_idempotency_key() -> None:
    public = ("/api/v1/templates", "/api/v1/platforms", "/api/v1/rulebook", "/api/v1/mandates", "/api/v1/warnings",
              "/api/v1/public/", "/api/v1/coverage")  # fmt: skip
    for path, method, it in operations():
        headers = {one["name"] for one in it.get("parameters", []) if one["in"] == "header"}
        is_signed = not path.startswith(public) or path.endswith("/metric-readings")
        assert ("security" in it) == is_signed, path
        assert it.get("security", [{}])[0].keys() == ({"Signature", "SignatureInput"} if is_signed else set()), path
        wanted = {"Content-Digest"} if is_signed else set()
        assert headers == wanted | ({"Idempotency-Key"} if method == "post" else set()), f"{method} {path}"


def test_the_upload_takes_three_media_types() -> None:
    content = document()["paths"]["/api/v1/filings/{public_id}/content"]["put"]["requestBody"]["content"]
    assert set(content) == {"text/csv; charset=utf-8", "application/gzip", "application/vnd.apache.parquet"}


def test_lists_of_a_growing_table_have_a_cursor() -> None:
    for path in ("filings", "platforms", "complaints", "warnings"):
        it = document()["paths"][f"/api/v1/{path}"]["get"]
        assert {"cursor", "limit"} <= {one["name"] for one in it["parameters"]}
        component = it["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        assert set(document()["components"]["schemas"][component]["properties"]) == {"results", "next", "previous"}
