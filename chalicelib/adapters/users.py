"""The Users table.

Beside one item a person it holds one claim an e-mail address (``UserID = "email#<address>"``, without an ``Email``
attribute and so not in the index): two sign-ups that race for an address meet on that item, in a transaction.

And it holds one row a connected Gmail account and person (``UserID = "gmail#<address>#<user id>"``), by which a push of
Gmail finds everybody who connected the address: with one query of Email-index, where the row stands as
``Email = "gmail:<address>"``. No colon is ever in an address that somebody signs up with (HTML standard, "valid e-mail
address"). These rows move in the same transaction as the person's ``gmail_email``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from chalicelib.adapters.dynamodb import DynamoDB, Item, from_plain, to_plain
from chalicelib.domain.documents import DocumentKind
from chalicelib.domain.gmail import SyncPoint
from chalicelib.domain.preferences import Preferences
from chalicelib.domain.users import Device, User
from chalicelib.errors import Conflict, DependencyThrottled, UserAlreadyExists, UserNotFound

TABLE = "Users"
#: Changes of one person's Gmail account that meet are told apart after so many tries.
_ATTEMPTS = 5


def claim_key(email: str) -> dict[str, str]:
    """The row that makes an address one person's."""
    return {"UserID": f"email#{email}"}


def gmail_key(address: str, user_id: str) -> dict[str, str]:
    """The row that finds a person by the Gmail address that they connected."""
    return {"UserID": f"gmail#{address}#{user_id}"}


def _gmail_hash(address: str) -> str:
    return f"gmail:{address}"


class Users:
    """People by id and by e-mail address."""

    def __init__(self, dynamodb: DynamoDB) -> None:
        self._dynamodb = dynamodb

    def create(self, user: User) -> None:
        """Raises ``UserAlreadyExists`` when the address is taken, also by a sign-up of the same moment."""
        marshal = self._dynamodb.marshal
        unclaimed = "attribute_not_exists(UserID)"
        claim = {**claim_key(user.email), "owner": user.user_id}
        try:
            self._dynamodb.transact(
                [
                    {"Put": {"TableName": TABLE, "Item": marshal(claim), "ConditionExpression": unclaimed}},
                    {"Put": {"TableName": TABLE, "Item": marshal(to_plain(user)), "ConditionExpression": unclaimed}},
                ]
            )
        except Conflict as exc:
            raise UserAlreadyExists("This e-mail address is registered already") from exc

    def get(self, user_id: str) -> User:
        """Raises ``UserNotFound``."""
        item = self._dynamodb.get(TABLE, {"UserID": user_id})
        if item is None or "Email" not in item:
            raise UserNotFound("The user does not exist")
        return from_plain(item, User)

    def find_by_email(self, email: str) -> User | None:
        """One query of Email-index."""
        found = self._dynamodb.query(TABLE, "Email = :email", {":email": email}, IndexName="Email-index")
        return next((from_plain(item, User) for item in found), None)

    def update(self, user_id: str, **changes: object) -> User:
        """Sets fields; ``None`` removes one. Raises ``UserNotFound`` rather than bring a deleted user back."""
        try:
            item = self._dynamodb.update(**_setting(user_id, changes))
        except Conflict as exc:
            raise UserNotFound("The user does not exist") from exc
        return from_plain(item, User)

    def set_gmail(self, user_id: str, *, gmail_email: str | None, **changes: object) -> None:
        """Sets the connected address and other fields; the row that finds the person by it moves along.

        Raises ``UserNotFound``.
        """
        for _attempt in range(_ATTEMPTS):
            before = self.get(user_id).gmail_email
            request = _setting(user_id, {"gmail_email": gmail_email, **changes})
            request["condition"], seen = unchanged_gmail(before)
            request["values"] |= seen
            actions = [{"Update": self._dynamodb.update_request(**request)}]
            if before and before != gmail_email:
                actions.append(self._gmail_row_deletion(before, user_id))
            if gmail_email:
                row = {**gmail_key(gmail_email, user_id), "Email": _gmail_hash(gmail_email), "owner": user_id}
                actions.append({"Put": {"TableName": TABLE, "Item": self._dynamodb.marshal(row)}})
            with suppress(Conflict):
                self._dynamodb.transact(actions)
                return
        raise DependencyThrottled("dynamodb", "TransactWriteItems", "user_contended")

    def _gmail_row_deletion(self, address: str, user_id: str) -> Item:
        return {"Delete": {"TableName": TABLE, "Key": self._dynamodb.marshal(gmail_key(address, user_id))}}

    def ids_with_gmail_address(self, address: str) -> Iterator[str]:
        """Everybody who connected this Gmail account (several people may share one); one query."""
        found = self._dynamodb.query(
            TABLE, "Email = :address", {":address": _gmail_hash(address)}, IndexName="Email-index"
        )
        for item in found:
            yield item["owner"]

    def keep_watch(self, user_id: str, gmail_email: str, expires_at: datetime) -> bool:
        """Notes until when Gmail tells of the account's changes; false when the person has let go of it meanwhile."""
        try:
            self._dynamodb.update(
                TABLE,
                {"UserID": user_id},
                "SET gmail_watch_expires_at = :expires",
                {":expires": expires_at.isoformat(), ":address": gmail_email, ":connected": "connected"},
                condition="gmail_email = :address AND gmail_status = :connected",
            )
        except Conflict:
            return False
        return True

    def end_sessions(self, user_id: str) -> User:
        """Ends the user's generation of sessions. Raises ``UserNotFound``."""
        try:
            return self._next_generation(user_id, "", {}, "attribute_exists(Email)")
        except Conflict as exc:
            raise UserNotFound("The user does not exist") from exc

    def change_password(self, user: User, password_hash: str) -> User:
        """Replaces the password hash and ends the generation of sessions, both at once.

        Raises ``Conflict`` when the password is no longer the one that was read.
        """
        values = {":new": password_hash, ":old": user.password_hash}
        return self._next_generation(user.user_id, ", password_hash = :new", values, "password_hash = :old")

    def _next_generation(self, user_id: str, also: str, values: dict[str, Any], condition: str) -> User:
        item = self._dynamodb.update(
            TABLE,
            {"UserID": user_id},
            f"SET session_generation = if_not_exists(session_generation, :none) + :one{also}",
            {":none": 0, ":one": 1, **values},
            condition=condition,
        )
        return from_plain(item, User)

    def set_preferences(self, user_id: str, preferences: Preferences) -> User:
        """Keeps them all. Raises ``UserNotFound``."""
        return self.update(user_id, preferences=to_plain(preferences))

    def preferences_of(self, user_ids: Collection[str]) -> dict[str, Preferences]:
        """The preferences of those users who exist, 100 a call."""
        keys = [{"UserID": user_id} for user_id in user_ids]
        found = self._dynamodb.batch_get(TABLE, keys, projection="UserID,Email,#p", names={"#p": "preferences"})
        people = (item for item in found if "Email" in item)
        return {item["UserID"]: from_plain(item.get("preferences", {}), Preferences) for item in people}

    def move_sync_point(self, user_id: str, kind: DocumentKind, point: SyncPoint) -> None:
        """How far a kind of mail is known now. Raises ``UserNotFound``."""
        try:
            self._dynamodb.update(
                TABLE,
                {"UserID": user_id},
                "SET sync.#kind = :point",
                {":point": to_plain(point)},
                names={"#kind": kind},
                condition="attribute_exists(Email)",
            )
        except Conflict as exc:
            raise UserNotFound("The user does not exist") from exc

    def begin_reauth(self, user_id: str) -> bool:
        """Moves a connected account to ``reauth_required``; true for the one caller who did it."""
        try:
            self._dynamodb.update(
                TABLE,
                {"UserID": user_id},
                "SET gmail_status = :required",
                {":required": "reauth_required", ":connected": "connected"},
                condition="gmail_status = :connected",
            )
        except Conflict:
            return False
        return True

    def put_device(self, user_id: str, device: Device) -> None:
        """Adds a device or replaces the one of the same id. Raises ``UserNotFound``."""
        try:
            self._dynamodb.update(
                TABLE,
                {"UserID": user_id},
                "SET devices.#id = :device",
                {":device": to_plain(device)},
                names={"#id": device.device_id},
                condition="attribute_exists(Email)",
            )
        except Conflict as exc:
            raise UserNotFound("The user does not exist") from exc

    def remove_device(self, user_id: str, device_id: str) -> None:
        """Forgets a device; one that is not there, or whose user is gone, is fine."""
        try:
            self._dynamodb.update(
                TABLE,
                {"UserID": user_id},
                "REMOVE devices.#id",
                {},
                names={"#id": device_id},
                condition="attribute_exists(Email)",
            )
        except Conflict:
            return

    def existence_check(self, user_id: str) -> Item:
        """For transactions: nothing is written for a user who is gone."""
        return {
            "ConditionCheck": {
                "TableName": TABLE,
                "Key": self._dynamodb.marshal({"UserID": user_id}),
                "ConditionExpression": "attribute_exists(Email)",
            }
        }

    def ids_with_gmail(self) -> Iterator[str]:
        """Every user whose Gmail is connected, page by page; a scan, for schedules only."""
        found = self._dynamodb.scan(
            TABLE,
            FilterExpression="gmail_status = :connected",
            ProjectionExpression="UserID",
            values={":connected": "connected"},
        )
        for item in found:
            yield item["UserID"]

    def ids_who_discover_vendors(self) -> Iterator[str]:
        """Every user with a connected Gmail who wants unknown vendors looked for; a scan, for schedules only."""
        found = self._dynamodb.scan(
            TABLE,
            FilterExpression="gmail_status = :connected AND preferences.discover_vendors = :yes",
            ProjectionExpression="UserID",
            values={":connected": "connected", ":yes": True},
        )
        for item in found:
            yield item["UserID"]

    def ids_with_watch_until(self, moment: datetime) -> Iterator[str]:
        """Connected users whose watch ends by then, or was never set up; a scan, for schedules only."""
        found = self._dynamodb.scan(
            TABLE,
            FilterExpression="gmail_status = :connected AND "
            "(attribute_not_exists(gmail_watch_expires_at) OR gmail_watch_expires_at <= :moment)",
            ProjectionExpression="UserID",
            values={":connected": "connected", ":moment": moment.astimezone(UTC).isoformat()},
        )
        for item in found:
            yield item["UserID"]


def _setting(user_id: str, changes: Mapping[str, object]) -> dict[str, Any]:
    """An update, for ``DynamoDB.update``, that sets fields, removes those that are ``None``, and creates nobody."""
    plain = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in changes.items()}
    kept = {name: value for name, value in plain.items() if value is not None}
    removed = [name for name, value in plain.items() if value is None]
    expression = ""
    if kept:
        expression = "SET " + ", ".join(f"#{name} = :{name}" for name in kept)
    if removed:
        expression += " REMOVE " + ", ".join(f"#{name}" for name in removed)
    return {
        "table": TABLE,
        "key": {"UserID": user_id},
        "expression": expression.strip(),
        "values": {f":{name}": value for name, value in kept.items()},
        "names": {f"#{name}": name for name in plain},
        "condition": "attribute_exists(Email)",
    }


def unchanged_gmail(before: str | None) -> tuple[str, dict[str, str]]:
    """A condition, with its values: the person is there, and the connected address still the one that was read."""
    if before is None:
        return "attribute_not_exists(gmail_email) AND attribute_exists(Email)", {}
    return "gmail_email = :before", {":before": before}
