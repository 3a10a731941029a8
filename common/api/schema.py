"""What every operation of the API shares in its OpenAPI description: signature, idempotency, paging, problems."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

from common.api.fields import StrictSerializer

PROBLEM_TYPE = "application/problem+json"
CURSOR = OpenApiParameter("cursor", str, description="Where the page starts; take it from `next` or `previous`.")
LIMIT = OpenApiParameter(
    "limit", {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}, description="Rows per page."
)
PAGE = [CURSOR, LIMIT]
DAY = OpenApiTypes.DATE
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 120, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    description="The same key with the same body gives the first answer again, once; another body is refused (422).",
)
CONTENT_DIGEST = OpenApiParameter(
    "Content-Digest",
    {"type": "string", "pattern": "^sha-256=:[A-Za-z0-9+/]{43}=:$"},
    OpenApiParameter.HEADER,
    required=True,
    description="RFC 9530, SHA-256 of the bytes sent (of no bytes when there is no body). It is signed.",
)
_PROBLEMS = {
    "401": "The signature is missing, wrong, too old, or made with a key that is not registered.",
    "403": "The signer may not do this.",
    "404": "There is nothing here, or it is not yours.",
    "409": "The state does not allow it, or the signed request was received before.",
    "413": "The body is too large.",
    "415": "The media type or charset is not accepted.",
    "422": "Fields are not right; `errors` names each field, row and cure.",
    "4XX": "Any other refusal.",
}
_SIGNATURE = {
    "type": "apiKey",
    "in": "header",
    "name": "Signature",
    "description": (
        "RFC 9421 HTTP message signature with the label `sig1`, Ed25519, made with a registered client key. Covered: "
        "`@method`, `@path`, `@query` when the address has one, `content-digest`, and `idempotency-key` when sent. "
        "Parameters in Signature-Input: created (at most 60 s old), nonce (new for each request, 16 characters or "
        "more), keyid, alg. A registration is signed with the very key it registers."
    ),
}
_SIGNATURE_INPUT = {
    "type": "apiKey",
    "in": "header",
    "name": "Signature-Input",
    "description": 'sig1=("@method" "@path" "content-digest");created=…;keyid="…";nonce="…";alg="ed25519"',
}
_component: Any = ResolvedComponent  # ships without types
_SCHEMES = {"Signature": _SIGNATURE, "SignatureInput": _SIGNATURE_INPUT}


class ProblemEntry(serializers.Serializer[Any]):
    """One thing that was wrong."""

    field = serializers.CharField(help_text="Dotted path of the field.")
    code = serializers.CharField(help_text="Stable, for machines.")
    message = serializers.CharField()
    cure = serializers.CharField(help_text="What to do next.")
    row = serializers.IntegerField(required=False, help_text="Data row of a file, from 1.")
    state = serializers.CharField(required=False, help_text="Code of the state that does not allow the step.")
    verb = serializers.CharField(required=False, help_text="Code of the step that was refused.")
    allowed = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Codes of the steps that are open to you now."
    )
    permission = serializers.CharField(required=False, help_text="Code of the permission that is missing.")


class ProblemDocument(serializers.Serializer[Any]):
    """RFC 9457 problem details: the body of every error."""

    type = serializers.CharField(help_text="urn:lianxi:problem:<code>")
    title = serializers.CharField(help_text="In the language of the request.")
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField(help_text="Stable, for machines.")
    instance = serializers.CharField(help_text="The request's id; it is in our log too.")
    errors = ProblemEntry(many=True)  # type: ignore[assignment]
    cure = serializers.CharField(required=False, help_text="What to do next.")


class BilingualText(serializers.Serializer[Any]):
    """A text of the rule pack in both languages."""

    zh = serializers.CharField()
    en = serializers.CharField()


class ApiSchema(AutoSchema):
    """Describes an `ApiView`; the same English text whatever the language of the process."""

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        """The operation, with labels in English."""
        with translation.override("en"):
            return super().get_operation(*args, **kwargs)

    def get_summary(self) -> str | None:
        """The first line of the handler's docstring."""
        return (super().get_description() or "").partition("\n")[0]

    def get_description(self) -> str:  # type: ignore[override]
        """The docstring when it says more than the summary."""
        whole = super().get_description() or ""
        return whole if "\n" in whole else ""

    def get_override_parameters(self) -> list[Any]:
        """The headers that go with the method and the signature."""
        shared = [IDEMPOTENCY_KEY] if self.method == "POST" else []
        if self.view.get_authenticators():
            shared.append(CONTENT_DIGEST)
        return [*super().get_override_parameters(), *shared]

    def get_auth(self) -> list[Any]:
        """Every authentication class of this API is a message signature: two headers that go together."""
        if not self.view.get_authenticators():
            return []
        for name, definition in _SCHEMES.items():
            part: Any = _component(name, ResolvedComponent.SECURITY_SCHEMA, definition, ApiSchema)
            self.registry.register_on_missing(part)
        return [{name: [] for name in _SCHEMES}]

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        described: Any = super()._get_response_bodies(direction)
        describe: Any = self._get_response_for_code
        for code in self._problem_codes():
            if code not in described:
                answer = OpenApiResponse(ProblemDocument, _PROBLEMS[code])
                described[code] = describe(answer, code, [PROBLEM_TYPE], direction)
        return described

    def _postprocess_serializer_schema(self, schema: Any, serializer: Any, direction: Any) -> Any:
        done: Any = super()._postprocess_serializer_schema(schema, serializer, direction)  # type: ignore[no-untyped-call]
        return {**done, "additionalProperties": False} if isinstance(serializer, StrictSerializer) else done

    def _problem_codes(self) -> list[str]:
        codes = ["4XX"]
        if self.view.get_authenticators():
            codes += ["401", "403", "409"]
        if "{" in self.path:
            codes.append("404")
        if self.method in {"POST", "PUT"}:
            codes += ["409", "413", "415", "422"]
        return sorted(set(codes))


def page_of(name: str, row: serializers.Serializer[Any]) -> serializers.Serializer[Any]:
    """The shape of one page of rows (made with `many=True`); `name` is the component's name."""
    return inline_serializer(
        name,
        {
            "results": row,
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
        },
    )
