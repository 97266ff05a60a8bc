"""People who are leaving: what is kept of them in the Users table until everything else of theirs is erased.

Everything that serves, parses or ingests asks for a person's ``Email`` before it reads or writes (``Users.get``,
``Users.existence_check``, Email-index). Taking that attribute away is therefore the moment in which a person is gone
for everybody; the rest of the row says what is left to be undone elsewhere. The claim on the address is given up last:
until then nobody signs up with an address whose subscription is still to be ended.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

from chalicelib.adapters.dynamodb import DynamoDB, Item, from_plain
from chalicelib.adapters.users import TABLE, claim_key, gmail_key, unchanged_gmail
from chalicelib.domain.users import User
from chalicelib.errors import Conflict, DependencyThrottled, UserNotFound

_EMAIL_BEFORE = "leaving_email"
_ATTEMPTS = 5


class Departures:
    """From the moment that somebody is gone until nothing knows that they were there."""

    def __init__(self, dynamodb: DynamoDB) -> None:
        self._dynamodb = dynamodb

    def begin(self, user_id: str) -> User:
        """Makes a person gone for everybody, in one transaction; answers them as they were. Raises ``UserNotFound``."""
        for _attempt in range(_ATTEMPTS):
            item = self._dynamodb.get(TABLE, {"UserID": user_id})
            if item is None or "Email" not in item:
                raise UserNotFound("The user does not exist")
            with suppress(Conflict):
                self._dynamodb.transact([self._without_email(item), *self._gmail_row(item)])
                return from_plain(item, User)
        raise DependencyThrottled("dynamodb", "TransactWriteItems", "user_contended")

    def _without_email(self, item: Item) -> Item:
        condition, seen = unchanged_gmail(item.get("gmail_email"))
        return {
            "Update": self._dynamodb.update_request(
                TABLE,
                {"UserID": item["UserID"]},
                f"SET {_EMAIL_BEFORE} = :email, leaving_since = :now REMOVE Email",
                {":email": item["Email"], ":now": datetime.now(UTC).isoformat(), **seen},
                condition=f"({condition}) AND Email = :email",
            )
        }

    def _gmail_row(self, item: Item) -> list[Item]:
        if not item.get("gmail_email"):
            return []
        key = gmail_key(item["gmail_email"], item["UserID"])
        return [{"Delete": {"TableName": TABLE, "Key": self._dynamodb.marshal(key)}}]

    def has_not_begun(self, user_id: str) -> bool:
        """Whether a person is still there as ever."""
        item = self._dynamodb.get(TABLE, {"UserID": user_id})
        return item is not None and "Email" in item

    def find(self, user_id: str) -> User | None:
        """Somebody who is leaving, as they were; ``None`` when they have left."""
        item = self._dynamodb.get(TABLE, {"UserID": user_id})
        if item is None or _EMAIL_BEFORE not in item:
            return None
        return from_plain({**item, "Email": item[_EMAIL_BEFORE]}, User)

    def end(self, user: User) -> None:
        """Removes the last of a person and frees their address, both or none; a second time is fine."""
        marshal = self._dynamodb.marshal
        owned = {
            "ConditionExpression": "attribute_not_exists(UserID) OR #owner = :user",
            "ExpressionAttributeNames": {"#owner": "owner"},
            "ExpressionAttributeValues": marshal({":user": user.user_id}),
        }
        with suppress(Conflict):  # somebody else has the address: another worker was here before
            self._dynamodb.transact(
                [
                    {"Delete": {"TableName": TABLE, "Key": marshal({"UserID": user.user_id})}},
                    {"Delete": {"TableName": TABLE, "Key": marshal(claim_key(user.email)), **owned}},
                ]
            )
