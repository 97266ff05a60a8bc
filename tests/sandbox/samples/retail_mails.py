"""A year of shopping in eight categories at vendors of ``vendor_configs/``, and the mail that shops send besides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from decimal import Decimal
from email.message import Message
from typing import Final

from tests.sandbox.samples import receipts
from tests.sandbox.samples.mails import Attached, compose, compose_in_latin_1, moment
from tests.sandbox.samples.receipts import Line, Receipt

FOODORA: Final = "foodora <info@mail.foodora.se>"
SPOTIFY: Final = "Spotify <no-reply@spotify.com>"
ICA: Final = "ICA <noreply@ica.se>"
VATTENFALL: Final = "Vattenfall <noreply@vattenfall.se>"
ZALANDO: Final = "Zalando <info@service-mail.zalando.se>"
HM: Final = "H&M <noreply@hm.com>"
WEBHALLEN: Final = "Webhallen <noreply@webhallen.com>"
CLAS_OHLSON: Final = "Clas Ohlson <noreplyclubclas@clasohlson.com>"
ADLIBRIS: Final = "Adlibris <noreply@adlibris.com>"
SJ: Final = "SJ <noreply@sj.se>"
WOLT: Final = "Wolt <info@wolt.com>"
SAS: Final = "SAS <noreply@flysas.com>"


@dataclass(frozen=True, slots=True)
class Purchase:
    """What one purchase should become, and the mail that tells of it."""

    vendor_id: str
    sub_type: str
    receipt: Receipt
    mail: Message

    @property
    def total(self) -> Decimal:
        return self.receipt.total


def purchases(today: date) -> Iterator[Purchase]:
    """Every purchase of the last year, one mail each."""
    yield from _subscriptions(today)
    yield from _electricity(today)
    yield from _groceries(today)
    yield from _dinners(today)
    yield from _clothes(today)
    yield from _technology(today)
    yield from _household(today)
    yield from _journeys(today)


def _lines(*rows: tuple[str, str] | tuple[str, str, int]) -> tuple[Line, ...]:
    return tuple(Line(row[0], Decimal(row[1]), *row[2:]) for row in rows)


def _subscriptions(today: date) -> Iterator[Purchase]:
    """Twelve times the same amount: twelve invoices. Plain text."""
    for month in range(12):
        day = today - timedelta(days=5 + 30 * month)
        receipt = Receipt(
            shop="Spotify", order_id=f"SP{day:%y%m}7714", day=day, lines=_lines(("Premium Individual", "129.00"))
        )
        mail = compose(SPOTIFY, "Ditt kvitto från Spotify", moment(day, today), receipts.as_text(receipt))
        yield Purchase("spotify", "subscriptions", receipt, mail)


def _electricity(today: date) -> Iterator[Purchase]:
    """More in winter than in summer."""
    for month in range(12):
        day = today - timedelta(days=9 + 30 * month)
        used = 160 + 22 * abs(day.month - 7)
        receipt = Receipt(
            shop="Vattenfall",
            order_id=f"88{day:%y%m}4051",
            day=day,
            lines=_lines(("Elförbrukning", f"{used * Decimal('1.15'):.2f}"), ("Månadsavgift", "49.00")),
            wording="sv-invoice",
        )
        greeting = f"Din elfaktura. Förbrukning {used} kWh."
        html = receipts.as_html(receipt, greeting=greeting)
        subject = f"Din elfaktura {receipt.order_id}"
        mail = compose(VATTENFALL, subject, moment(day, today), receipts.as_text(receipt, greeting=greeting), html=html)
        yield Purchase("vattenfall", "utility", receipt, mail)


def _groceries(today: date) -> Iterator[Purchase]:
    """With schema.org markup."""
    for week in range(14):
        day = today - timedelta(days=3 + 26 * week)
        receipt = Receipt(
            shop="ICA Nära Exempelby",
            order_id=f"ICA-{day:%y%m%d}-31",
            day=day,
            lines=_lines(
                ("Mjölk 1,5 l", "21.90", 2),
                ("Bryggkaffe 450 g", "59.90", 1 + week % 2),
                ("Lax 4 x 125 g", "109.00"),
                ("Äpplen 1 kg", "34.95", 1 + week % 3),
            ),
            delivery=Decimal(59) if week % 4 == 0 else Decimal(0),
        )
        html = receipts.as_html(receipt, markup=receipts.order_markup(receipt))
        mail = compose(ICA, "Kvitto från ICA", moment(day, today, time(18, 5)), "Se ditt kvitto som HTML.", html=html)
        yield Purchase("ica", "grocery", receipt, mail)


def _dinners(today: date) -> Iterator[Purchase]:
    dishes = (("Pad thai", "139.00"), ("Margherita", "115.00"), ("Bibimbap", "149.00"), ("Falafelrulle", "95.00"))
    for number in range(9):
        day = today - timedelta(days=6 + 38 * number)
        name, price = dishes[number % len(dishes)]
        receipt = Receipt(
            shop="foodora",
            order_id=f"f4k{day:%y%m%d}x",
            day=day,
            lines=_lines((name, price, 1 + number % 2), ("Läsk 33 cl", "22.00")),
            delivery=Decimal(39),
        )
        html = receipts.as_html(receipt, greeting="Tack för din beställning!")
        mail = compose(FOODORA, "Orderbekräftelse", moment(day, today, time(17, 40)), "Se HTML.", html=html)
        yield Purchase("foodora", "food-delivery", receipt, mail)


def _clothes(today: date) -> Iterator[Purchase]:
    """Three orders in English, one in Swedish, of which a part came back."""
    orders = (
        (20, _lines(("Rain jacket", "1249.00"))),
        (130, _lines(("Linen shirt", "449.00", 2))),
        (250, _lines(("Wool socks", "99.00", 3), ("Winter boots", "1399.00"))),
    )
    for number, (ago, lines) in enumerate(orders):
        day = today - timedelta(days=ago)
        receipt = Receipt(
            shop="Zalando",
            order_id=f"1010{number}77{day:%y%m}",
            day=day,
            lines=lines,
            delivery=Decimal("29.90"),
            wording="en",
        )
        html = receipts.as_html(receipt, greeting="Thanks for your order!")
        mail = compose(ZALANDO, "Thanks for your order", moment(day, today), receipts.as_text(receipt), html=html)
        yield Purchase("zalando", "clothing", receipt, mail)
    yield from _order_and_refund(today)


def _order_and_refund(today: date) -> Iterator[Purchase]:
    day = today - timedelta(days=75)
    order = Receipt(
        shop="H&M", order_id="HM3055171", day=day, lines=_lines(("Jeans", "399.00"), ("Stickad tröja", "349.00"))
    )
    back = replace(order, day=day + timedelta(days=12), lines=_lines(("Stickad tröja", "-349.00")), wording="sv-refund")
    for receipt, subject in ((order, "Orderbekräftelse HM3055171"), (back, "Kvitto på återbetalning HM3055171")):
        html = receipts.as_html(receipt)
        mail = compose(HM, subject, moment(receipt.day, today), receipts.as_text(receipt), html=html)
        yield Purchase("hm", "clothing", receipt, mail)


def _technology(today: date) -> Iterator[Purchase]:
    """The first as HTML and as PDF in one mail: one purchase."""
    orders = ((34, _lines(("Mekaniskt tangentbord", "1490.00"))), (168, _lines(("SSD 2 TB", "1690.00"))))
    for number, (ago, lines) in enumerate(orders):
        day = today - timedelta(days=ago)
        receipt = Receipt(shop="Webhallen", order_id=f"1{day:%y%m}5520", day=day, lines=lines, delivery=Decimal(49))
        files = [Attached(f"Kvitto {receipt.order_id}.pdf", receipts.as_pdf(receipt))] if number == 0 else []
        subject = f"Orderbekräftelse {receipt.order_id}"
        html = receipts.as_html(receipt)
        mail = compose(WEBHALLEN, subject, moment(day, today), receipts.as_text(receipt), html=html, files=files)
        yield Purchase("webhallen", "technology", receipt, mail)


def _household(today: date) -> Iterator[Purchase]:
    """Two shops; the bookshop's program still writes ISO-8859-1."""
    orders = (
        (14, _lines(("Skruvdragare", "699.00"), ("Skruvset", "79.90"))),
        (110, _lines(("LED-lampa", "59.90", 4))),
        (220, _lines(("Luftfuktare", "899.00"))),
    )
    for ago, lines in orders:
        day = today - timedelta(days=ago)
        receipt = Receipt(shop="Clas Ohlson", order_id=f"CO{day:%y%m}8130", day=day, lines=lines, delivery=Decimal(49))
        html = receipts.as_html(receipt)
        mail = compose(CLAS_OHLSON, "Orderbekräftelse", moment(day, today), receipts.as_text(receipt), html=html)
        yield Purchase("clasohlson", "miscellaneous", receipt, mail)
    for ago, title in ((52, "Pappersboken: Över åkern"), (200, "Pappersboken: Björnens år")):
        day = today - timedelta(days=ago)
        receipt = Receipt(shop="Adlibris", order_id=f"AB{day:%y%m}2201", day=day, lines=_lines((title, "219.00")))
        html = receipts.as_html(receipt).replace('<meta charset="utf-8">', "").replace("&#847;&zwnj;", "")
        subject = "Tack för din beställning på Adlibris"
        old = compose_in_latin_1(ADLIBRIS, subject, moment(day, today), html, subtype="html")
        yield Purchase("adlibris", "miscellaneous", receipt, old)


def _journeys(today: date) -> Iterator[Purchase]:
    """Trains with markup, and a flight in another currency without."""
    for number, (ago, price) in enumerate(((25, "395.00"), (90, "545.00"), (160, "295.00"), (300, "745.00"))):
        day = today - timedelta(days=ago)
        name = "Göteborg C - Stockholm C" if number % 2 == 0 else "Stockholm C - Göteborg C"
        start, _, end = name.partition(" - ")
        receipt = Receipt(shop="SJ", order_id=f"QX{number}R{day:%m%d}", day=day, lines=_lines((name, price)))
        html = receipts.as_html(
            receipt, markup=receipts.train_markup(receipt, start, end), greeting="Din resa är bokad"
        )
        mail = compose(SJ, f"Bokningsbekräftelse {receipt.order_id}", moment(day, today), "Se HTML.", html=html)
        yield Purchase("sj", "travel", receipt, mail)
    day = today - timedelta(days=190)
    flight = Receipt(
        shop="SAS",
        order_id="SKEX4T",
        day=day,
        lines=_lines(("Gothenburg - Copenhagen, economy", "118.40")),
        currency="EUR",
        wording="en",
    )
    text = receipts.as_text(flight, greeting="Your flight is booked. Booking reference SKEX4T.")
    mail = compose(SAS, "Booking confirmation SKEX4T", moment(day, today), text)
    yield Purchase("sas", "travel", flight, mail)


def other_shop_mail(today: date) -> Iterator[Message]:
    """Shipping notices, requests for reviews and newsletters; some of their subjects sound like receipts."""
    rows: Sequence[tuple[str, str, str]] = (
        (
            WEBHALLEN,
            "Tack för din order! Nu är ditt paket på väg",
            "Ditt paket är på väg!\n\nSpåra paketet: 370123456789. Beräknad leverans på torsdag.\n",
        ),
        (
            HM,
            "Tack för ditt köp - vad tycker du om din nya tröja?",
            "Hej Alice!\n\nBetygsätt ditt köp och hjälp andra kunder. Lämna ett omdöme, det tar en minut.\n",
        ),
        (
            WOLT,
            "Tack för din beställning - missa inte veckans erbjudanden",
            "Hungrig? Använd koden HELG50 till och med söndag.\nMinsta ordervärde 149 kr. Avregistrera dig här.\n",
        ),
        (ZALANDO, "Your weekend edit: up to 60 % off", "Shop the sale. From SEK 99.00. Unsubscribe.\n"),
        (CLAS_OHLSON, "Veckans erbjudanden", "Skruvdragare 499 kr (ord. 699 kr). Avregistrera dig här.\n"),
    )
    for number, (sender, subject, text) in enumerate(rows):
        yield compose(sender, subject, moment(today - timedelta(days=4 + 11 * number), today), text)
