"""Invoices for machines inside PDFs: Factur-X, ZUGFeRD and UBL, read exactly, within bounds."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pypdfium2
import pytest
from reportlab.pdfgen.canvas import Canvas

from chalicelib.domain.mail import MailContext
from chalicelib.parsing.pdf.einvoice import EInvoice, read_einvoice
from chalicelib.parsing.retail import read_retail_file

_CII = """<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
<rsm:ExchangedDocument><ram:ID>RE-77</ram:ID><ram:TypeCode>{type_code}</ram:TypeCode>
 <ram:IssueDateTime><udt:DateTimeString format="102">20250417</udt:DateTimeString></ram:IssueDateTime>
</rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction>
 <ram:IncludedSupplyChainTradeLineItem>
  <ram:SpecifiedTradeProduct><ram:Name>Lampe</ram:Name></ram:SpecifiedTradeProduct>
  <ram:SpecifiedLineTradeSettlement><ram:SpecifiedTradeSettlementLineMonetarySummation>
   <ram:LineTotalAmount>100.00</ram:LineTotalAmount>
  </ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement>
 </ram:IncludedSupplyChainTradeLineItem>
 <ram:ApplicableHeaderTradeAgreement>
  <ram:SellerTradeParty><ram:Name>Werkhaus Klein GmbH</ram:Name>
   <ram:DefinedTradeContact><ram:PersonName>Eva Muster</ram:PersonName></ram:DefinedTradeContact></ram:SellerTradeParty>
  <ram:BuyerTradeParty><ram:Name>Bo Ek</ram:Name></ram:BuyerTradeParty>{order}
 </ram:ApplicableHeaderTradeAgreement>
 <ram:ApplicableHeaderTradeSettlement>
  <ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>{period}
  <ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>
   <udt:DateTimeString format="102">20250501</udt:DateTimeString></ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>
  <ram:SpecifiedTradeSettlementHeaderMonetarySummation>
   <ram:LineTotalAmount>100.00</ram:LineTotalAmount><ram:TaxTotalAmount currencyID="EUR">19.00</ram:TaxTotalAmount>
   <ram:GrandTotalAmount>119.00</ram:GrandTotalAmount><ram:DuePayableAmount>{payable}</ram:DuePayableAmount>
  </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
 </ram:ApplicableHeaderTradeSettlement>
</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"""
_ORDER = (
    "<ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>PO-9</ram:IssuerAssignedID>"
    "</ram:BuyerOrderReferencedDocument>"
)
_PERIOD = (
    "<ram:BillingSpecifiedPeriod><ram:StartDateTime><udt:DateTimeString format='102'>20240101</udt:DateTimeString>"
    "</ram:StartDateTime></ram:BillingSpecifiedPeriod>"
)
_UBL = """<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:cac" xmlns:cbc="urn:cbc"><cbc:ID>INV/7</cbc:ID><cbc:IssueDate>2025-03-20</cbc:IssueDate>
<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:DocumentCurrencyCode>SEK</cbc:DocumentCurrencyCode>
<cac:AccountingSupplierParty><cac:Party><cac:PartyName><cbc:Name>Inre Hem AB</cbc:Name></cac:PartyName></cac:Party>
</cac:AccountingSupplierParty><cac:PaymentMeans><cbc:PaymentDueDate>2025-04-04</cbc:PaymentDueDate></cac:PaymentMeans>
<cac:TaxTotal><cbc:TaxAmount currencyID="SEK">20.00</cbc:TaxAmount></cac:TaxTotal>
<cac:LegalMonetaryTotal><cbc:TaxInclusiveAmount>100.00</cbc:TaxInclusiveAmount>
<cbc:PayableAmount>0.00</cbc:PayableAmount></cac:LegalMonetaryTotal>
<cac:InvoiceLine><cbc:LineExtensionAmount>80.00</cbc:LineExtensionAmount>
<cac:Item><cbc:Name>Matta</cbc:Name></cac:Item></cac:InvoiceLine></Invoice>"""


def cii(*, type_code: str = "380", payable: str = "119.00", order: str = "", period: str = "") -> bytes:
    return _CII.format(type_code=type_code, payable=payable, order=order, period=period).encode()


def read(xml: bytes) -> EInvoice:
    invoice = read_einvoice(xml)
    assert invoice is not None
    return invoice


def pdf_with(xml: bytes, *lines: str, name: str = "factur-x.xml") -> bytes:
    page = io.BytesIO()
    canvas = Canvas(page)
    canvas.rect(50, 50, 10, 10)
    for row, line in enumerate(lines):
        canvas.drawString(50, 800 - 20 * row, line)
    canvas.save()
    document = pypdfium2.PdfDocument(page.getvalue())
    document.new_attachment(name).set_data(xml)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def test_a_cross_industry_invoice_is_read_exactly() -> None:
    invoice = read(cii(order=_ORDER))
    assert (invoice.number, invoice.order, invoice.seller) == ("RE-77", "PO-9", "Werkhaus Klein GmbH")
    assert (invoice.total, invoice.tax, invoice.currency) == (Decimal("119.00"), Decimal("19.00"), "EUR")
    assert (invoice.issued, invoice.due) == (date(2025, 4, 17), date(2025, 5, 1))
    assert [(line.name, line.amount) for line in invoice.lines] == [("Lampe", Decimal("100.00"))]


def test_a_ubl_invoice_is_read_exactly() -> None:
    invoice = read(_UBL.encode())
    assert (invoice.number, invoice.seller, invoice.due) == ("INV/7", "Inre Hem AB", date(2025, 4, 4))
    assert (invoice.total, invoice.payable, invoice.currency) == (Decimal("100.00"), Decimal("0.00"), "SEK")


def test_a_credit_note_is_negative() -> None:
    assert read(cii(type_code="381")).total == Decimal("-119.00")


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"<a/>",
        b"<CrossIndustryInvoice/>",
        cii(type_code="325"),
        cii().replace(b"119.00</ram:Grand", b"NaN</ram:Grand"),
        b'<!DOCTYPE x [<!ENTITY a "1">]>' + cii().split(b"?>", 1)[1],
        b"<Invoice>" + b"<a>" * 60 + b"</a>" * 60 + b"</Invoice>",
        b"<Invoice>" + b"<a/>" * 30_000 + b"</Invoice>",
        cii()[:-40],
        b"\xff\xfe" + b"\x00" * 100,
        b" " * 3_000_000,
    ],
)
def test_other_and_hostile_xml_is_no_invoice(xml: bytes) -> None:
    assert read_einvoice(xml) is None


def test_the_embedded_invoice_of_a_pdf_decides() -> None:
    found = read_retail_file("a.pdf", pdf_with(cii(order=_ORDER), "Rechnung", "Bruttobetrag 119,00 EUR"), MailContext())
    assert (found.method, found.is_purchase, found.review_reasons) == ("e-invoice", True, ("category_uncertain",))
    assert (found.vendor_name, found.order_id, found.total_amount) == ("Werkhaus Klein GmbH", "PO-9", Decimal("119.00"))
    assert (found.currency, found.invoice_date, found.due_date) == ("EUR", date(2025, 4, 17), date(2025, 5, 1))


def test_xml_that_contradicts_the_page_is_flagged() -> None:
    found = read_retail_file("a.pdf", pdf_with(cii(), "Rechnung", "Bruttobetrag 219,00 EUR"), MailContext())
    assert "total_differs_from_text" in found.review_reasons
    assert found.confidence < 0.5


def test_a_page_without_text_is_readable_by_its_xml() -> None:
    found = read_retail_file("a.pdf", pdf_with(cii()), MailContext())
    assert found.total_amount == Decimal("119.00")


@pytest.mark.parametrize(("period", "total"), [("", "119.00"), (_PERIOD, "19.00")])
def test_only_the_settlement_of_a_period_counts_its_rest(period: str, total: str) -> None:
    page = pdf_with(cii(payable="19.00", period=period), "Brutto 119,00 EUR", "Zahlbetrag 19,00 EUR")
    found = read_retail_file("a.pdf", page, MailContext())
    assert found.total_amount == Decimal(total)
    assert "partly_prepaid" in found.review_reasons


def test_other_attachments_change_nothing() -> None:
    page = pdf_with(cii(), "Kvitto", "Totalt 120,00 kr", name="notes.txt")
    assert read_retail_file("a.pdf", page, MailContext(subject="Kvitto")).method == "rules"


def test_markup_without_a_day_takes_the_one_that_a_label_names() -> None:
    order = '{"@type": "Order", "orderNumber": "A-1", "price": "198.00", "priceCurrency": "SEK"}'
    html = f'<script type="application/ld+json">{order}</script><p>Köpdatum: 2025-08-30</p><p>Total 198,00 kr</p>'
    assert read_retail_file("a.html", html.encode(), MailContext()).invoice_date == date(2025, 8, 30)
