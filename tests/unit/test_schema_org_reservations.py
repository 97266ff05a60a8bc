"""Reservations in markup: one booking of many items, its price, its dates, its legs."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.domain.categories import MiscellaneousDetails, TravelDetails
from chalicelib.domain.invoices import Extraction
from chalicelib.domain.mail import MailContext
from chalicelib.parsing.markup.schema_org import extract_by_markup


def read(*nodes: dict[str, Any], text: str = "", **context: Any) -> Extraction:
    html = f'<script type="application/ld+json">{json.dumps(list(nodes))}</script><p>{text}</p>'
    found = extract_by_markup(html, MailContext(**context))
    assert found is not None
    return found


def travel(found: Extraction) -> TravelDetails:
    assert isinstance(found.details, TravelDetails)
    return found.details


def flight(traveller: str = "Alva", departure: str = "ARN", **properties: Any) -> dict[str, Any]:
    trip = {
        "@type": "Flight",
        "airline": {"name": "Nordanvind"},
        "departureAirport": {"name": "Arlanda", "iataCode": departure},
        "arrivalAirport": {"iataCode": "PMO"},
        "departureTime": "2026-06-12T07:10:00+02:00",
    }
    return {
        "@type": "FlightReservation",
        "reservationNumber": "QX7RTY",
        "underName": {"name": traveller},
        "reservationFor": trip,
        **properties,
    }


def test_departure_is_no_purchase_date_and_booking_time_is() -> None:
    assert read(flight()).invoice_date is None
    assert read(flight(bookingTime="2026-03-05T23:59:00+01:00")).invoice_date == date(2026, 3, 5)


def test_legs_and_travellers_of_one_number_are_one_booking() -> None:
    found = read(flight("Alva"), flight("Olle"), flight("Alva", "GOT"))
    details = travel(found)
    assert (found.order_id, found.vendor_name, found.review_reasons) == ("QX7RTY", "Nordanvind", ())
    assert [leg.departure_location for leg in details.travel_details] == ["Arlanda (ARN)", "Arlanda (GOT)"]
    assert [passenger.name for passenger in details.passengers] == ["Alva", "Olle"]
    assert details.travel_details[0].departure_date == "2026-06-12T07:10:00+02:00"


@pytest.mark.parametrize(
    ("prices", "text", "expected", "reason"),
    [
        (("100", "100"), "Summa 200,00 kr", "200", None),
        (("100", "100"), "Summa 100,00 kr", "100", None),
        (("100", "100"), "", "100", "total_may_be_for_a_part"),
        (("100", "150"), "", "250", "total_is_sum_of_parts"),
        (("100", "150"), "Total 250.00 SEK", "250", None),
    ],
)
def test_price_on_every_item_is_repeated_or_added_as_the_text_says(
    prices: tuple[str, str], text: str, expected: str, reason: str | None
) -> None:
    found = read(*(flight(totalPrice=price, priceCurrency="SEK") for price in prices), text=text)
    assert found.total_amount == Decimal(expected)
    assert found.review_reasons == ((reason,) if reason else ())


def test_package_states_the_price_and_number_for_its_parts() -> None:
    package = {
        "@type": "ReservationPackage",
        "reservationNumber": "PK-1",
        "totalPrice": "EUR 900",
        "subReservation": [flight(), {"@type": "LodgingReservation", "reservationNumber": "H-9"}],
    }
    found = read(package)
    assert (found.order_id, found.total_amount, found.currency) == ("PK-1", Decimal(900), "EUR")
    assert found.review_reasons == ()


def test_reservations_in_an_unknown_container_are_found() -> None:
    assert read({"@type": "Something", "x": {"y": [flight()]}}).order_id == "QX7RTY"


def test_reservation_sold_in_an_order_gives_the_order_its_legs() -> None:
    order = {"@type": "Order", "orderNumber": "O-1", "price": "50", "priceCurrency": "EUR"}
    found = read({**order, "acceptedOffer": {"@type": "Offer", "price": "50", "itemOffered": flight()}})
    assert (found.order_id, found.total_amount, found.category) == ("O-1", Decimal(50), "travel")
    assert len(travel(found).travel_details) == 1


def test_junk_after_a_reservation_id_is_cut_and_empty_texts_are_absent() -> None:
    node = {"@type": "TrainReservation", "reservationNumber": "", "reservationId": "ZJ391234 , 01/16/2022 12:50"}
    assert read({**node, "underName": {"name": ""}, "reservationFor": {"trainName": ""}}).order_id == "ZJ391234"


@pytest.mark.parametrize(
    "status", ["http://schema.org/Cancelled", "ReservationCancelled", "https://schema.org/ReservationCancelled"]
)
def test_cancelled_reservation_is_no_purchase(status: str) -> None:
    found = read(flight(reservationStatus=status, totalPrice="10 EUR"))
    assert (found.is_purchase, found.ignored_reason, found.total_amount) == (False, "cancelled", None)


def test_one_cancelled_leg_leaves_the_others() -> None:
    found = read(flight(reservationStatus="Cancelled"), flight("Olle", "GOT"))
    assert found.is_purchase
    assert "partly_cancelled" in found.review_reasons
    assert len(travel(found).travel_details) == 1


def test_check_in_reminder_without_a_price_is_no_purchase_but_a_confirmation_is() -> None:
    assert read(flight(), subject="Dags att checka in").ignored_reason == "ticket_without_purchase"
    assert read(flight(), subject="Bokningsbekräftelse").is_purchase


@pytest.mark.parametrize(
    ("node", "transport", "legs"),
    [
        (
            {
                "@type": "LodgingReservation",
                "reservationFor": {"name": "Hotell Fyren", "address": {"addressLocality": "Varberg"}},
                "checkinDate": "2026-04-10",
                "checkOutTime": "2026-04-12T11:00:00",
            },
            "lodging",
            [("Hotell Fyren", "Varberg", "2026-04-10", "2026-04-12T11:00:00")],
        ),
        (
            {
                "@type": "RentalCarReservation",
                "pickupLocation": {"name": "Luleå"},
                "dropoffLocation": {"name": "Kiruna"},
                "pickupTime": "2026-04-02T09:00:00Z",
            },
            "rental car",
            [("Luleå", "Kiruna", "2026-04-02T09:00:00Z", None)],
        ),
        (
            {
                "@type": "BusReservation",
                "reservationFor": [
                    {"departureBusStop": "Malmö", "arrivalBusStop": {"name": "Lund"}},
                    {"departureBusStop": "Lund", "arrivalBusStop": "Ystad"},
                ],
            },
            "bus",
            [("Malmö", "Lund", None, None), ("Lund", "Ystad", None, None)],
        ),
        (
            {"@type": "BoatReservation", "reservationFor": {"departureBoatTerminal": "A", "arrivalBoatTerminal": "B"}},
            "boat",
            [("A", "B", None, None)],
        ),
    ],
)
def test_stays_hires_and_trips_become_legs(
    node: dict[str, Any], transport: str, legs: list[tuple[str | None, ...]]
) -> None:
    details = travel(read(node))
    found = [
        (g.departure_location, g.arrival_location, g.departure_date, g.arrival_date) for g in details.travel_details
    ]
    assert (details.transport_type, found) == (transport, legs)


def test_events_and_tables_are_miscellaneous_and_named_by_a_telling_sender() -> None:
    event = {"@type": "EventReservation", "reservationNumber": "1799", "reservationFor": {"name": "Höstljus"}}
    found = read(event, sender_name="Biljettboden")
    assert (found.category, found.vendor_name, found.payment_status) == ("miscellaneous", "Biljettboden", None)
    assert isinstance(found.details, MiscellaneousDetails)
    table = {"@type": "FoodEstablishmentReservation", "reservationFor": {"name": "Tången"}}
    assert read(table, sender_name="Reservations").vendor_name == "Tången"
