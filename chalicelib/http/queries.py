"""Query parameters: what each operation takes, and text to a validated model."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, TypeVar, get_args

import msgspec
from msgspec import Meta, field

from chalicelib.domain.documents import DocumentState
from chalicelib.domain.listing import LARGEST_PAGE, Filters
from chalicelib.domain.vendor_suggestions import SuggestionState
from chalicelib.errors import InvalidRequest
from chalicelib.http.retail_answers import SubType
from chalicelib.http.validation import validation_failed

Model = TypeVar("Model", bound=msgspec.Struct)
Limit = Annotated[int, Meta(ge=1, le=LARGEST_PAGE, description="Items of one page; without it, everything.")]
Cursor = Annotated[str, Meta(description="The `nextCursor` of the page before.")]
_BOOLEANS = {"true": True, "false": False}


class NoQuery(msgspec.Struct, frozen=True):
    """For operations without parameters; whatever comes is ignored."""


class ListQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which invoices to list."""

    start: Annotated[date | None, Meta(description="The first day, included.")] = field(name="from", default=None)
    end: Annotated[date | None, Meta(description="The last day, included.")] = field(name="to", default=None)
    vendor: Annotated[str | None, Meta(description="A vendor's name or id, in any case.")] = None
    text: Annotated[str | None, Meta(description="Words that all occur in names and numbers.")] = field(
        name="q", default=None
    )
    limit: Limit | None = None
    cursor: Cursor | None = None

    def filters(self) -> Filters:
        """Raises ``InvalidRequest`` when the days are the wrong way round."""
        if self.start and self.end and self.start > self.end:
            raise InvalidRequest("from: must not be after to")
        return Filters(self.start, self.end, self.vendor, self.text, self.limit, self.cursor)


class RetailQuery(ListQuery, frozen=True, kw_only=True):
    """Which retail invoices to list; or their counts, or the details of one."""

    sub_type: Annotated[SubType | None, Meta(description="One category, by year.")] = field(
        name="subtype", default=None
    )
    invoice_id: Annotated[str | None, Meta(description="The details of this invoice; needs `subtype`.")] = field(
        name="invoice-id", default=None
    )
    counts: Annotated[bool, Meta(description="Only how many invoices each category holds.")] = False


class DocumentQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which documents to list; without a limit, a page holds 500."""

    state: DocumentState | None = None
    limit: Annotated[int, Meta(ge=1, le=LARGEST_PAGE)] | None = None
    cursor: Cursor | None = None

    def filters(self) -> Filters:
        """The part of a list that is asked for."""
        return Filters(limit=self.limit, cursor=self.cursor)


class SuggestionQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which suggestions to list."""

    state: SuggestionState = "proposed"


def read_query(given: Mapping[str, str], model: type[Model]) -> Model:
    """The parameters as ``model``; an empty one is an absent one, an unknown one is ignored.

    Raises ``InvalidRequest`` naming the parameter.
    """
    plain = {
        each.encode_name: _typed(given[each.encode_name], each.type)
        for each in msgspec.structs.fields(model)
        if given.get(each.encode_name)
    }
    try:
        return msgspec.convert(plain, model)
    except msgspec.ValidationError as exc:
        failure = validation_failed(exc, model)
        raise InvalidRequest(str(failure)) from exc


def _typed(text: str, kind: Any) -> Any:
    """Numbers and booleans as themselves; what is none stays a text, which the model then refuses."""
    kinds = _kinds(kind)
    if bool in kinds:
        return _BOOLEANS.get(text.lower(), text)
    if int in kinds and text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    return text


def _kinds(kind: Any) -> set[Any]:
    return {kind}.union(*map(_kinds, (each for each in get_args(kind) if isinstance(each, type) or get_args(each))))
