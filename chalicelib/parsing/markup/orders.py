"""Order and Invoice items to purchases.

Vocabulary: https://schema.org/Order, https://schema.org/Invoice, https://schema.org/Offer, and Google's
"Email markup" reference for Order and Invoice (https://developers.google.com/workspace/gmail/markup/reference/order,
.../reference/invoice), which adds ``merchant``, ``price``, ``tax`` and the older ``paymentDue``.

- An order's own price is the price of the whole transaction, fees and discounts included; offers inside carry the
  prices of their lines and never override it. Without it, the lines' sum is the total only if every line has a price,
  all in one currency, no quantity leaves open whether that is the unit's price, and no fee, tax or discount is stated
  beside them; the sum is marked ``total_from_items``.
- ``minimumPaymentDue`` is never the total. ``accountId`` is the customer's number at the vendor, the same on every
  bill, and ``orderItemNumber``/``sku`` name goods: none of them is an order number.
- Delivery and departure dates are no order dates.
"""

from __future__ import annotations

from decimal import Decimal

from chalicelib.domain.money import is_plausible
from chalicelib.parsing.markup.items import Item
from chalicelib.parsing.markup.purchases import LineItem, Purchase, Stage
from chalicelib.parsing.markup.values import (
    Money,
    currency_of,
    day,
    identifiers,
    items,
    member,
    moment,
    money,
    money_of,
    name,
    name_of,
    text,
    type_names,
    values,
)

_STAGES: dict[str, Stage] = {
    "ordercancelled": "cancelled",
    "ordercanceled": "cancelled",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "orderreturned": "returned",
    "returned": "returned",
    "orderintransit": "moving",
    "intransit": "moving",
    "ordershipped": "moving",
    "shipped": "moving",
    "orderpickupavailable": "moving",
    "orderdelivered": "delivered",
    "delivered": "delivered",
    "orderproblem": "problem",
}
#: https://schema.org/PaymentStatusType and what Google's reference lists.
_PAYMENT_STATUS = {
    "paymentcomplete": "paid",
    "paid": "paid",
    "paymentautomaticallyapplied": "automatic",
    "paymentdue": "unpaid",
    "orderpaymentdue": "unpaid",
    "paymentpastdue": "overdue",
    "paymentdeclined": "declined",
}
_SELLERS = ("merchant", "seller", "provider", "broker", "bookingagent", "vendor", "offeredby")
_LINES = ("acceptedoffer", "ordereditem", "orderitem", "orderitems", "itemlistelement")
_GOODS = ("itemoffered", "ordereditem", "item", "product")
_MAX_LINES = 300


def read_order(order: Item) -> Purchase:
    """One Order with its offers, and the invoice it is part of when that stands inside it."""
    lines = read_lines(order)
    invoice = next((read_invoice(item) for item in items(order, "partofinvoice")), None)
    total = money(order, "price", "totalprice", "total", "ordertotal", "totalpaymentdue") or _specified_price(order)
    if total is None and invoice is not None:
        total = invoice.total
    summed = sum_of_lines(order, lines) if total is None else None
    tax, fee = _amount(order, "tax", "salestax", "totaltax"), delivery_fee(order)
    status = member(order, "orderstatus")
    return Purchase(
        kind="order",
        stage=_STAGES.get(status, "confirmed"),
        total=total or summed,
        total_from_items=summed is not None,
        currency=currency_of(order) or next((line.currency for line in lines if line.currency), None),
        invoice_date=day(order, "orderdate", "orderplaceddate", "purchasedate", "dateordered"),
        due_date=day(order, "paymentduedate", "paymentdue") or (invoice.due_date if invoice else None),
        numbers=identifiers(order, "ordernumber", "orderid", "confirmationnumber", "identifier"),
        seller=_seller(order) or (invoice.seller if invoice else None),
        payment_status=_payment_status(order, status) or (invoice.payment_status if invoice else None),
        payment_method=_payment_method(order),
        discount=_discount(order),
        promo_code=text(order, "discountcode", "promocode", "couponcode"),
        tax=tax,
        delivery_fee=fee,
        lines=lines,
        description=name(order, "description"),
        reasons=_order_reasons(order),
    )


def _order_reasons(order: Item) -> tuple[str, ...]:
    conflicting = order.conflicting & {"price", "pricecurrency", "ordernumber", "orderdate"}
    return ("markup_states_a_value_twice",) if conflicting else ()


def read_invoice(invoice: Item) -> Purchase:
    """One Invoice; number and date come from the order it refers to when there is exactly one."""
    orders = [read_order(order) for order in items(invoice, "referencesorder")]
    only = orders[0] if len(orders) == 1 else None
    total = money(invoice, "totalpaymentdue", "totalprice", "price", "total", "amountdue")
    own_numbers = identifiers(invoice, "confirmationnumber", "invoicenumber", "identifier")
    several = len({number for order in orders for number in order.numbers}) > 1
    return Purchase(
        kind="invoice",
        total=total or (only.total if only else None),
        currency=currency_of(invoice) or (only.currency if only else None),
        invoice_date=day(invoice, "invoicedate", "dateissued", "issuedate") or (only.invoice_date if only else None),
        due_date=day(invoice, "paymentduedate", "paymentdue"),
        numbers=own_numbers or (only.numbers if only else ()),
        seller=_seller(invoice) or (only.seller if only else None),
        payment_status=_payment_status(invoice, ""),
        payment_method=_payment_method(invoice),
        lines=tuple(line for order in orders for line in order.lines),
        description=name(invoice, "description", "category"),
        period=_period(invoice),
        reasons=("refers_to_several_orders",) if several else (),
    )


def _seller(item: Item) -> str | None:
    named = name(item, *_SELLERS)
    return named or next((found for offer in items(item, *_LINES) if (found := name(offer, *_SELLERS))), None)


def _specified_price(order: Item) -> Money | None:
    """``priceSpecification`` when it is one specification; a list of components states no total."""
    specifications = [s for s in items(order, "pricespecification", "totalpricespecification") if not _is_fee(s)]
    return money_of(specifications[0]) if len(specifications) == 1 else money(order, "pricespecification")


def _is_fee(specification: Item) -> bool:
    return bool(type_names(specification) & {"deliverychargespecification", "paymentchargespecification"})


def read_lines(order: Item) -> tuple[LineItem, ...]:
    """Offers and order items with their goods; goods that are reservations keep their name only."""
    found: list[LineItem] = []
    for holder in items(order, *_LINES)[:_MAX_LINES]:
        goods = items(holder, *_GOODS)
        if not goods and type_names(holder) & {"offer", "orderitem", "listitem"}:
            line = _line(holder, holder)
            found.extend([line] if line else [])
        for good in goods or (() if type_names(holder) & {"offer", "orderitem", "listitem"} else (holder,)):
            offer = next(iter(items(good, "offers")), None)
            line = _line(holder, good, offer)
            found.extend([line] if line else [])
    return tuple(found[:_MAX_LINES])


def _line(holder: Item, good: Item, offer: Item | None = None) -> LineItem | None:
    title = name_of(good) or name(holder, *_GOODS) or name_of(holder)
    price = money(holder, "price", "totalprice", "pricespecification") or (offer and money(offer, "price")) or None
    price = price or (money(good, "price") if good is not holder else None)
    if title is None:
        return None
    quantity, unit = _quantity(holder)
    return LineItem(
        name=title,
        price=price.amount if price else None,
        currency=price.currency if price else None,
        quantity=quantity,
        unit=unit,
        brand=name(good, "brand", "manufacturer"),
        description=name(good, "description"),
    )


def _quantity(holder: Item) -> tuple[Decimal, str | None]:
    """``eligibleQuantity`` or ``orderQuantity`` as a number, a text or a QuantitativeValue; 1 when not stated."""
    for value in values(holder, "eligiblequantity", "orderquantity", "quantity"):
        unit = text(value, "unittext", "unitcode") if isinstance(value, Item) else None
        amount = money_of(value)
        if amount is not None and 0 < amount.amount <= 10_000:
            return amount.amount, unit if unit and unit.upper() not in ("C62", "EA", "H87") else None
    return Decimal(1), None


def sum_of_lines(order: Item, lines: tuple[LineItem, ...]) -> Money | None:
    """The lines' sum, where it is sure to be complete: see the module's first rule."""
    prices = [line.price for line in lines if line.price is not None]
    currencies = {line.currency for line in lines}
    if not lines or len(prices) != len(lines) or len(currencies) != 1 or len(lines) >= _MAX_LINES:
        return None
    if any(line.quantity != 1 for line in lines) or _discount(order) or delivery_fee(order) or _amount(order, "tax"):
        return None
    return Money(sum(prices, Decimal(0)), currencies.pop())


def _amount(item: Item, *names: str) -> Decimal | None:
    found = money(item, *names)
    return found.amount if found and is_plausible(found.amount) else None


def _discount(order: Item) -> Decimal | None:
    """``discount`` as a positive amount; a percentage is none."""
    stated = text(order, "discount")
    if stated and "%" in stated:
        return None
    amount = _amount(order, "discount", "totaldiscount")
    return abs(amount) if amount else None


def delivery_fee(order: Item) -> Decimal | None:
    """Shipping cost, wherever senders put it: own properties, DeliveryChargeSpecification, OfferShippingDetails."""
    stated = _amount(order, "deliveryfee", "shippingcost", "shippingrate", "deliverycost", "shipping", "deliverycharge")
    if stated is not None:
        return stated
    holders = (order, *items(order, "acceptedoffer"), *items(order, "orderdelivery", "shippingdetails"))
    for holder in holders:
        for charge in items(holder, "pricespecification", "pricecomponent", "shippingrate", "shippingdetails"):
            if "deliverychargespecification" in type_names(charge):
                return _amount(charge, "price")
            rate = _amount(charge, "shippingrate")
            if rate is not None:
                return rate
    return None


def _payment_status(item: Item, order_status: str) -> str | None:
    stated = member(item, "paymentstatus")
    return _PAYMENT_STATUS.get(stated) or _PAYMENT_STATUS.get(order_status)


def _payment_method(item: Item) -> str | None:
    """The method's name; GoodRelations members ("ByBankTransferInAdvance") are put into words."""
    stated = text(item, "paymentmethod")
    if not stated:
        return None
    word = stated.rsplit("/", 1)[-1].rsplit("#", 1)[-1]
    spaced = "".join(f" {c.lower()}" if c.isupper() and i and word[i - 1].islower() else c for i, c in enumerate(word))
    return name_of(spaced if word != stated or word.startswith("By") else stated)


def _period(invoice: Item) -> tuple[str, str] | None:
    """``billingPeriod`` as an interval "start/end" (ISO 8601) or a pair of dates; a bare duration has no ends."""
    for value in values(invoice, "billingperiod"):
        if isinstance(value, str) and value.count("/") == 1:
            start, end = (part.strip()[:10] for part in value.split("/"))
            if start[:4].isdigit() and end[:4].isdigit():
                return start, end
        if isinstance(value, Item):
            start_of, end_of = moment(value, "startdate", "validfrom"), moment(value, "enddate", "validthrough")
            if start_of and end_of:
                return start_of[:10], end_of[:10]
    return None
