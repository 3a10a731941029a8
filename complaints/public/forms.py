"""The complaint form: shape and plain checks. What may be filed is decided in the service."""

from __future__ import annotations

import secrets
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common import clock
from common.errors import Refusal
from common.money import parse_amount
from complaints.choices import Category, ContactChannel
from complaints.public.places import COUNTRY, province_choices
from complaints.services import CheckedFile, NewComplaint, attachment_check
from complaints.services.filing import NARRATIVE_MAX, NARRATIVE_MIN
from platforms.selectors import PlatformRef, platform_by_public_id, platforms_search
from regulators.choices import BusinessLine

UNLISTED = "unlisted"
SHOWN_MATCHES = 10
DRAFT_FIELDS = (
    "platform_query",
    "platform",
    "platform_text",
    "business_line",
    "region",
    "category",
    "narrative",
    "happened_on",
    "amount",
    "contact_channel",
    "contact_address",
    "name",
)
_TEL_OR_MAIL = {"autocomplete": "off", "spellcheck": "false"}


def new_token() -> str:
    """128 random bits that make two sendings of one form one complaint."""
    return secrets.token_urlsafe(16)


class ComplaintForm(forms.Form):
    """Everything on one page, one column. Without a script: search and draft are buttons of the same form."""

    platform_query = forms.CharField(
        label=_("Name of the platform"),
        help_text=_("Write a part of the name and press “Search”. Your other entries stay."),
        required=False,
        max_length=80,
    )
    platform = forms.ChoiceField(
        label=_("Which platform is it about?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose the platform, or “not listed”."),
            "invalid_choice": _("Choose the platform again, or “not listed”."),
        },
    )
    platform_text = forms.CharField(
        label=_("If it is not listed: its name or web address"), required=False, max_length=300
    )
    business_line = forms.ChoiceField(
        label=_("If it is not listed: what kind of business is it?"),
        help_text=_("It decides which authority is in charge."),
        required=False,
    )
    region = forms.ChoiceField(label=_("If it is not listed: where is the platform?"), required=False)
    category = forms.ChoiceField(
        label=_("What is it about?"),
        choices=Category.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it is about.")},
    )
    narrative = forms.CharField(
        label=_("What happened?"),
        help_text=_("In your own words: what was promised, what happened, what you want. At most 10,000 characters."),
        widget=forms.Textarea(attrs={"rows": 9}),
        min_length=NARRATIVE_MIN,
        max_length=NARRATIVE_MAX,
        error_messages={
            "required": _("Say what happened."),
            "min_length": _("Say in a few sentences what happened: at least 10 characters."),
            "max_length": _("The text is longer than 10,000 characters. Shorten it."),
        },
    )
    happened_on = forms.DateField(
        label=_("When did it happen?"),
        help_text=_("The day, or the first day. For example 2017-06-30."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d"],
        error_messages={"invalid": _("Write the date like 2017-06-30.")},
    )
    amount = forms.CharField(
        label=_("Amount in dispute, in yuan"),
        help_text=_("Only digits, for example 12000 or 12000.50."),
        required=False,
        max_length=24,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    attachment = forms.FileField(
        label=_("One picture or PDF"),
        help_text=_("JPEG, PNG or PDF, at most 5 MB. Pictures are stored without place and camera data."),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".jpg,.jpeg,.png,.pdf,image/jpeg,image/png,application/pdf"}),
    )
    contact_channel = forms.ChoiceField(
        label=_("How shall we tell you about each step?"),
        choices=ContactChannel.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    contact_address = forms.CharField(
        label=_("E-mail address or mobile number"),
        help_text=_("It is stored encrypted. The platform does not get it."),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs=_TEL_OR_MAIL),
    )
    name = forms.CharField(
        label=_("Your name"),
        help_text=_("You may stay anonymous. With a name the authority can decide claims for money more easily."),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs=_TEL_OR_MAIL),
    )
    form_token = forms.CharField(widget=forms.HiddenInput, min_length=20, max_length=64)
    draft_code = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any) -> None:
        """Fill the lists; the platforms offered are those found by the words, and the one chosen before."""
        super().__init__(*args, **kwargs)
        self.too_large = too_large
        self.matches = self._matches()
        self.fields["platform"].choices = [  # type: ignore[attr-defined]
            *((str(item.public_id), item.name) for item in self.matches),
            (UNLISTED, _("It is not listed")),
        ]
        self.fields["business_line"].choices = [("", _("I am not sure")), *BusinessLine.choices]  # type: ignore[attr-defined]
        self.fields["region"].choices = province_choices()  # type: ignore[attr-defined]

    def _given(self, name: str) -> str:
        source: Any = self.data if self.is_bound else self.initial
        return str(source.get(name) or "").strip()

    def _matches(self) -> list[PlatformRef]:
        words, chosen = self._given("platform_query"), self._given("platform")
        found = platforms_search(words, SHOWN_MATCHES) if words else []
        if chosen and chosen != UNLISTED and chosen not in {str(item.public_id) for item in found}:
            before = _platform(chosen)
            found = [before, *found] if before else found
        return found

    @property
    def was_searched(self) -> bool:
        """True when words were given, so that the page can say that nothing was found."""
        return bool(self._given("platform_query"))

    def clean_amount(self) -> Decimal | None:
        """Plain digits; spaces and thousands commas a person may type are forgiven, letters are not."""
        text = self.cleaned_data["amount"].replace(" ", "").replace(",", "").replace("，", "")
        if not text:
            return None
        try:
            amount = parse_amount(text)
        except Refusal:
            raise forms.ValidationError(_("Write the amount in digits, for example 12000.50.")) from None
        if amount < 0:
            raise forms.ValidationError(_("Write the amount without a minus sign."))
        return amount

    def clean_happened_on(self) -> Any:
        """Not in the future."""
        day = self.cleaned_data["happened_on"]
        if day and day > clock.today():
            raise forms.ValidationError(_("The date lies in the future."))
        return day

    def clean_attachment(self) -> CheckedFile | None:
        """What the content is, re-encoded; the service's words when it is refused."""
        if self.too_large:
            raise forms.ValidationError(_("The file is larger than 5 MB."))
        upload = self.cleaned_data["attachment"]
        if not upload:
            return None
        try:
            return attachment_check(name=upload.name, chunks=upload.chunks())
        except Refusal as refusal:
            raise forms.ValidationError(f"{refusal.message} {refusal.cure}") from None

    def clean(self) -> dict[str, Any]:
        """The fields that depend on each other."""
        values: dict[str, Any] = super().clean() or {}
        if values.get("platform") == UNLISTED and not values.get("platform_text", "").strip():
            self.add_error("platform_text", _("Write the name or web address of the platform."))
        if values.get("contact_channel") and not values.get("contact_address", "").strip():
            self.add_error("contact_address", _("Write where we can reach you, or choose not to be contacted."))
        if values.get("contact_channel") == ContactChannel.EMAIL and "@" not in values.get("contact_address", "@"):
            self.add_error("contact_address", _("An e-mail address contains the sign @."))
        return values

    def new_complaint(self, language: str) -> NewComplaint:
        """The valid form as the service takes it."""
        values = self.cleaned_data
        listed = _platform(values["platform"]) if values["platform"] != UNLISTED else None
        return NewComplaint(
            narrative=values["narrative"],
            category=values["category"],
            platform_id=listed.id if listed else None,
            platform_text="" if listed else values["platform_text"],
            business_line="" if listed else values["business_line"],
            region=COUNTRY if listed else values["region"] or COUNTRY,
            happened_on=values["happened_on"],
            amount=values["amount"],
            contact_channel=values["contact_channel"],
            contact_address=values["contact_address"],
            name=values["name"],
            language=language,
            attachment=values["attachment"],
            form_token=values["form_token"],
            draft_code=values["draft_code"],
        )


def _platform(public_id: str) -> PlatformRef | None:
    """A registered platform by what a browser sent; None for anything that is no identifier."""
    import uuid

    try:
        return platform_by_public_id(uuid.UUID(public_id))
    except ValueError:
        return None


class CodeForm(forms.Form):
    """One code: a receipt number or a draft code."""

    code = forms.CharField(
        label=_("Receipt number"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
        error_messages={"required": _("Write the number.")},
    )
