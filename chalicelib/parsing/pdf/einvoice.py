"""Invoices for machines inside invoices for people: the XML of Factur-X, ZUGFeRD and UBL, embedded in PDFs.

Terms are those of EN 16931-1 (BT-1 invoice number, BT-112 total with VAT, BT-113 paid amount, BT-115 amount due, ...),
syntaxes UN/CEFACT Cross Industry Invoice D16B (Factur-X 1.0, ZUGFeRD 2), its predecessor of ZUGFeRD 1.0, and OASIS UBL
2.1 Invoice and CreditNote. Type codes: UNTDID 1001.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

import msgspec

from chalicelib.parsing.pdf.attachments import xml_attachments
from chalicelib.parsing.pdf.xml_leaves import Leaf, XmlRefused, read_leaves
from chalicelib.parsing.values.dates import parse_date

#: Where each term stands, the preferred place first; a place is the names of an element and some of its ancestors.
_PLACES: Final[Mapping[str, Sequence[str]]] = {
    "number": ("ExchangedDocument/ID", "HeaderExchangedDocument/ID", "Invoice/ID", "CreditNote/ID"),
    "type_code": (
        "ExchangedDocument/TypeCode",
        "HeaderExchangedDocument/TypeCode",
        "Invoice/InvoiceTypeCode",
        "CreditNote/CreditNoteTypeCode",
    ),
    "issued": (
        "ExchangedDocument/IssueDateTime/DateTimeString",
        "HeaderExchangedDocument/IssueDateTime/DateTimeString",
        "Invoice/IssueDate",
        "CreditNote/IssueDate",
    ),
    "due": (
        "SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString",
        "Invoice/DueDate",
        "PaymentMeans/PaymentDueDate",
    ),
    "currency": ("InvoiceCurrencyCode", "DocumentCurrencyCode"),
    "seller": (
        "ApplicableHeaderTradeAgreement/SellerTradeParty/Name",
        "ApplicableSupplyChainTradeAgreement/SellerTradeParty/Name",
        "AccountingSupplierParty/Party/PartyName/Name",
        "AccountingSupplierParty/Party/PartyLegalEntity/RegistrationName",
    ),
    "order": (
        "ApplicableHeaderTradeAgreement/BuyerOrderReferencedDocument/IssuerAssignedID",
        "ApplicableSupplyChainTradeAgreement/BuyerOrderReferencedDocument/ID",
        "ApplicableHeaderTradeAgreement/SellerOrderReferencedDocument/IssuerAssignedID",
        "Invoice/OrderReference/ID",
        "CreditNote/OrderReference/ID",
        "Invoice/OrderReference/SalesOrderID",
    ),
    "total": (
        "SpecifiedTradeSettlementHeaderMonetarySummation/GrandTotalAmount",
        "SpecifiedTradeSettlementMonetarySummation/GrandTotalAmount",
        "LegalMonetaryTotal/TaxInclusiveAmount",
    ),
    "payable": (
        "SpecifiedTradeSettlementHeaderMonetarySummation/DuePayableAmount",
        "SpecifiedTradeSettlementMonetarySummation/DuePayableAmount",
        "LegalMonetaryTotal/PayableAmount",
    ),
    "period": (
        "ApplicableHeaderTradeSettlement/BillingSpecifiedPeriod/StartDateTime/DateTimeString",
        "ApplicableSupplyChainTradeSettlement/BillingSpecifiedPeriod/StartDateTime/DateTimeString",
        "Invoice/InvoicePeriod/StartDate",
    ),
    "tax": (
        "SpecifiedTradeSettlementHeaderMonetarySummation/TaxTotalAmount",
        "SpecifiedTradeSettlementMonetarySummation/TaxTotalAmount",
        "Invoice/TaxTotal/TaxAmount",
        "CreditNote/TaxTotal/TaxAmount",
    ),
}
_ROOTS: Final = frozenset({"CrossIndustryInvoice", "CrossIndustryDocument", "Invoice", "CreditNote"})
_LINES: Final = frozenset({"IncludedSupplyChainTradeLineItem", "InvoiceLine", "CreditNoteLine"})
_LINE_NAMES: Final = ("SpecifiedTradeProduct/Name", "Item/Name")
_LINE_AMOUNTS: Final = ("LineTotalAmount", "LineExtensionAmount")
#: Credit notes of UNTDID 1001, whose amounts are stated as positive.
_CREDIT_TYPES: Final = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"})
#: Pro-forma invoices ask for nothing.
_NO_INVOICE_TYPES: Final = frozenset({"325", "310"})
_AMOUNT: Final = re.compile(r"[+-]?\d{1,12}(?:\.\d{1,8})?")
_CENT: Final = Decimal("0.01")
_MOST_LINES: Final = 200


class InvoiceLine(msgspec.Struct, frozen=True):
    """What was sold and what the line costs, without VAT."""

    name: str
    amount: Decimal


class EInvoice(msgspec.Struct, frozen=True, kw_only=True):
    """What the XML states, amounts in ``currency`` and negative for a credit note; ``None``: not stated.

    ``total`` is the amount with VAT, ``payable`` what of it is still to be paid. ``order`` is the order that the
    invoice refers to, ``settles_a_period`` tells that it bills a period of time (BG-14), as utilities do.
    """

    number: str
    total: Decimal
    currency: str
    issued: date | None = None
    due: date | None = None
    seller: str | None = None
    order: str | None = None
    payable: Decimal | None = None
    tax: Decimal | None = None
    settles_a_period: bool = False
    lines: tuple[InvoiceLine, ...] = ()


def embedded_invoice(pdf: bytes) -> EInvoice | None:
    """The first embedded file that is an invoice, if any. Raises nothing but ``MemoryError``."""
    return next((found for found in map(read_einvoice, xml_attachments(pdf)) if found is not None), None)


def read_einvoice(xml: bytes) -> EInvoice | None:
    """What an XML document says when it is an invoice with a number, a currency and a total; else ``None``."""
    try:
        leaves = read_leaves(xml, parts=_LINES)
    except XmlRefused:
        return None
    if not leaves or leaves[0].names[0] not in _ROOTS:
        return None
    values = {term: _first(leaves, places) for term, places in _PLACES.items()}
    total, currency = _amount(values["total"]), values["currency"] or ""
    if not values["number"] or total is None or not re.fullmatch(r"[A-Z]{3}", currency):
        return None
    if values["type_code"] in _NO_INVOICE_TYPES:
        return None
    is_credit = values["type_code"] in _CREDIT_TYPES or leaves[0].names[0] == "CreditNote"
    return EInvoice(
        number=values["number"],
        total=_signed(total, is_credit=is_credit),
        currency=currency,
        issued=_day(values["issued"]),
        due=_day(values["due"]),
        seller=values["seller"],
        order=values["order"],
        payable=_signed(payable, is_credit=is_credit) if (payable := _amount(values["payable"])) is not None else None,
        tax=_amount(values["tax"]),
        settles_a_period=values["period"] is not None,
        lines=_lines(leaves),
    )


def _first(leaves: Iterable[Leaf], places: Iterable[str]) -> str | None:
    for place in places:
        names = tuple(place.split("/"))
        for leaf in leaves:
            if leaf.names[-len(names) :] == names:
                return leaf.text
    return None


def _lines(leaves: Sequence[Leaf]) -> tuple[InvoiceLine, ...]:
    by_part: dict[int, list[Leaf]] = {}
    for leaf in leaves:
        if _LINES.intersection(leaf.names):
            by_part.setdefault(leaf.part, []).append(leaf)
    lines = []
    for part in list(by_part.values())[:_MOST_LINES]:
        name, amount = _first(part, _LINE_NAMES), _amount(_first(part, _LINE_AMOUNTS))
        if name and amount is not None:
            lines.append(InvoiceLine(name, amount))
    return tuple(lines)


def _amount(text: str | None) -> Decimal | None:
    """An xs:decimal, rounded to cents.

    >>> _amount("18310.630"), _amount("1.000,00"), _amount("NaN")
    (Decimal('18310.63'), None, None)
    """
    return Decimal(text).quantize(_CENT) if text and _AMOUNT.fullmatch(text) else None


def _signed(amount: Decimal, *, is_credit: bool) -> Decimal:
    return -abs(amount) if is_credit and amount else amount


def _day(text: str | None) -> date | None:
    """A date of format 102 ("20180305") or ISO 8601, with or without a time zone."""
    return parse_date(text[:10]) if text else None
