"""Reservation items to purchases: one for each item; those of one booking are joined by the caller.

Vocabulary: https://schema.org/Reservation and its subtypes, and Google's "Email markup" reference for flight, train,
bus, lodging, event, restaurant and rental car reservations (https://developers.google.com/workspace/gmail/markup/reference/flight-reservation
and its neighbours). The KDE itinerary data model (https://api.kde.org/kitinerary/html/) adds boats and the
spellings ``checkinTime``/``checkinDate`` of the older drafts.

The date of a purchase is ``bookingTime``; departures, stays and events are no purchase dates. Of a journey
the carrier is the vendor unless another party is said to sell; of a stay, an event or a table the vendor may be the
place itself, which the caller decides knowing the sender.
"""

from __future__ import annotations

from chalicelib.domain.categories import Leg
from chalicelib.parsing.markup.items import Item
from chalicelib.parsing.markup.purchases import Kind, Purchase, Stage
from chalicelib.parsing.markup.values import (
    Money,
    currency_of,
    day,
    identifiers,
    items,
    member,
    moment,
    money,
    name,
    name_of,
    text,
    type_names,
    values,
)

#: Type (small letters) -> what it is, and the word for the means of transport that the app shows.
RESERVATION_TYPES: dict[str, tuple[Kind, str]] = {
    "flightreservation": ("travel", "flight"),
    "trainreservation": ("travel", "train"),
    "busreservation": ("travel", "bus"),
    "boatreservation": ("travel", "boat"),
    "ferryreservation": ("travel", "boat"),
    "taxireservation": ("travel", "taxi"),
    "rentalcarreservation": ("travel", "rental car"),
    "lodgingreservation": ("travel", "lodging"),
    "hotelreservation": ("travel", "lodging"),
    "eventreservation": ("event", ""),
    "foodestablishmentreservation": ("restaurant", ""),
    "reservation": ("event", ""),
}
_STAGES: dict[str, Stage] = {
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "reservationcancelled": "cancelled",
    "reservationcanceled": "cancelled",
    "pending": "open",
    "reservationpending": "open",
    "hold": "open",
    "reservationhold": "open",
}
_SELLERS = ("seller", "broker", "bookingagent", "provider")
_DEPARTURES = (
    "departureairport",
    "departurestation",
    "departurebusstop",
    "departureboatterminal",
    "departureterminal",
    "departureferryterminal",
    "departurelocation",
)
_ARRIVALS = (
    "arrivalairport",
    "arrivalstation",
    "arrivalbusstop",
    "arrivalboatterminal",
    "arrivalterminal",
    "arrivalferryterminal",
    "arrivallocation",
)
_CARRIERS = ("airline", "provider", "rentalcompany", "operatedby", "carrier", "seller")


def reservation_type(item: Item) -> str | None:
    """The item's reservation type in small letters, the most specific one; ``None`` when it is none."""
    known = [type_ for type_ in RESERVATION_TYPES if type_ in type_names(item)]
    return known[0] if known else None


def read_reservation(reservation: Item) -> Purchase:
    """One Reservation of any known type."""
    type_ = reservation_type(reservation) or "reservation"
    kind, transport = RESERVATION_TYPES[type_]
    subjects = items(reservation, "reservationfor")
    carriers = () if kind != "travel" or transport == "lodging" else _CARRIERS
    carrier = next((n for subject in subjects if (n := name(subject, *carriers))), None)
    tickets = items(reservation, "reservedticket")
    return Purchase(
        kind=kind,
        stage=_STAGES.get(member(reservation, "reservationstatus", "status"), "confirmed"),
        total=money(reservation, "totalprice", "price", "pricespecification", "total") or _ticket_price(tickets),
        currency=currency_of(reservation),
        invoice_date=day(reservation, "bookingtime", "bookingdate", "orderdate"),
        due_date=day(reservation, "paymentduedate"),
        numbers=identifiers(
            reservation, "reservationnumber", "reservationid", "confirmationnumber", "bookingnumber", "identifier"
        ),
        seller=name(reservation, *_SELLERS) or carrier or _ticket_seller(tickets),
        subject=next((n for subject in subjects if (n := name_of(subject))), None)
        or name(reservation, "reservationfor"),
        payment_status="paid" if member(reservation, "reservationstatus") == "purchased" else None,
        transport_type=transport or None,
        carrier=carrier or (name(reservation, "provider") if kind == "travel" else None),
        legs=_legs(transport, reservation, subjects),
        travellers=_travellers(reservation, subjects, tickets),
        location=_location(subjects),
    )


def _ticket_price(tickets: tuple[Item, ...]) -> Money | None:
    """The price of the reservation's tickets, where each has one of the same currency."""
    prices = [money(ticket, "totalprice", "price") for ticket in tickets]
    stated = [price for price in prices if price is not None]
    if not stated or len(stated) != len(tickets) or len({price.currency for price in stated}) > 1:
        return None
    return stated[0]._replace(amount=sum((price.amount for price in stated[1:]), stated[0].amount))


def _ticket_seller(tickets: tuple[Item, ...]) -> str | None:
    return next((n for ticket in tickets if (n := name(ticket, "issuedby"))), None)


def _travellers(reservation: Item, subjects: tuple[Item, ...], tickets: tuple[Item, ...]) -> tuple[str, ...]:
    holders = (reservation, *subjects, *tickets, *items(reservation, "subreservation"))
    named = [name_of(value) for holder in holders for value in values(holder, "undername")]
    return tuple(dict.fromkeys(n for n in named if n))[:50]


def _place(item: Item, *names: str) -> str:
    """A station's, airport's or stop's name, with its IATA code where one is given."""
    for value in values(item, *names)[:1]:
        named = name_of(value) or (_location((value,)) if isinstance(value, Item) else None) or ""
        code = text(value, "iatacode") if isinstance(value, Item) else None
        return f"{named} ({code})" if named and code and code not in named else named or code or ""
    return ""


def _legs(transport: str, reservation: Item, subjects: tuple[Item, ...]) -> tuple[Leg, ...]:
    if transport in ("rental car", "taxi"):
        return _hire(reservation)
    if transport == "lodging":
        stay = Leg(
            departure_location=next((n for subject in subjects if (n := name_of(subject))), ""),
            arrival_location=_location(subjects) or "",
            departure_date=moment(reservation, "checkintime", "checkindate"),
            arrival_date=moment(reservation, "checkouttime", "checkoutdate"),
        )
        return (stay,) if stay != Leg() else ()
    trips = [trip for subject in subjects for trip in (items(subject, "subtrip") or (subject,))]
    legs = (
        Leg(
            departure_location=_place(trip, *_DEPARTURES),
            arrival_location=_place(trip, *_ARRIVALS),
            departure_date=moment(trip, "departuretime", "departureday", "startdate"),
            arrival_date=moment(trip, "arrivaltime", "enddate"),
        )
        for trip in trips[:50]
    )
    return tuple(leg for leg in legs if leg != Leg())


def _hire(reservation: Item) -> tuple[Leg, ...]:
    leg = Leg(
        departure_location=_place(reservation, "pickuplocation"),
        arrival_location=_place(reservation, "dropofflocation"),
        departure_date=moment(reservation, "pickuptime"),
        arrival_date=moment(reservation, "dropofftime"),
    )
    return (leg,) if leg != Leg() else ()


def _location(places: tuple[Item, ...]) -> str | None:
    """The town of the first place that states an address, else its venue's name."""
    for place in places:
        for holder in (place, *items(place, "location", "venue")):
            for address in items(holder, "address"):
                town = name(address, "addresslocality", "addressregion")
                if town:
                    return town
            written = name(holder, "address")
            if written:
                return written
        venue = name(place, "location", "venue")
        if venue:
            return venue
    return None
