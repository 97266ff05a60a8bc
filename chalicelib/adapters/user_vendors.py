"""The UserVendors table: each person's own vendors, as suggested, accepted or dismissed."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import msgspec

from chalicelib.adapters.dynamodb import DynamoDB, from_plain
from chalicelib.adapters.users import Users
from chalicelib.domain.vendor_suggestions import SuggestedVendor, SuggestionState, VendorSuggestion, suggestion_id
from chalicelib.errors import Conflict, NotFound

TABLE = "UserVendors"


def _key(user_id: str, identity: str) -> dict[str, str]:
    return {"UserID": user_id, "vendor_id": identity}


class UserVendors:
    """Suggestions by user."""

    def __init__(self, dynamodb: DynamoDB) -> None:
        self._dynamodb = dynamodb
        self._users = Users(dynamodb)

    def of_user(self, user_id: str) -> list[VendorSuggestion]:
        """Every suggestion that was ever made to a user, by domain."""
        found = self._dynamodb.query(TABLE, "UserID = :user", {":user": user_id})
        return sorted((from_plain(item, VendorSuggestion) for item in found), key=lambda each: each.domain)

    def propose(self, user_id: str, vendor: SuggestedVendor, sweep: str) -> bool:
        """Makes a suggestion, or adds a later sweep's receipts to it.

        False, and nothing written, when the person has decided on it, is gone, or the sweep has counted it already.
        """
        now = datetime.now(UTC).isoformat()
        stated = msgspec.to_builtins(vendor)
        values = {
            ":domain": stated["domain"],
            ":name": stated["vendor_name"],
            ":sub_type": stated["sub_type"],
            ":confidence": Decimal(str(stated["confidence"])),
            ":why": list(stated["why"]),
            ":looks_like": stated["looks_like"],
            ":receipts": stated["receipts"],
            ":proposed": "proposed",
            ":sweep": sweep,
            ":now": now,
        }
        change = self._dynamodb.update_request(
            TABLE,
            _key(user_id, suggestion_id(vendor.domain)),
            "SET #domain = :domain, vendor_name = :name, sub_type = :sub_type, confidence = :confidence, why = :why,"
            " looks_like = :looks_like, #state = :proposed, last_sweep = :sweep, updated_at = :now,"
            " first_seen = if_not_exists(first_seen, :now) ADD receipts :receipts",
            values,
            names={"#state": "state", "#domain": "domain"},
            condition="attribute_not_exists(vendor_id) OR (#state = :proposed AND last_sweep <> :sweep)",
        )
        try:
            self._dynamodb.transact([self._users.existence_check(user_id), {"Update": change}])
        except Conflict:
            return False
        return True

    def decide(
        self, user_id: str, identity: str, state: SuggestionState, sub_type: str | None = None
    ) -> VendorSuggestion:
        """Accepts or dismisses a suggestion; ``sub_type`` corrects its category. Raises ``NotFound``."""
        values = {":state": state, ":now": datetime.now(UTC).isoformat()}
        correction = ""
        if sub_type is not None:
            values[":sub_type"] = sub_type
            correction = ", sub_type = :sub_type"
        try:
            item = self._dynamodb.update(
                TABLE,
                _key(user_id, identity),
                f"SET #state = :state, updated_at = :now{correction}",
                values,
                names={"#state": "state"},
                condition="attribute_exists(vendor_id)",
            )
        except Conflict as exc:
            raise NotFound("The suggestion does not exist") from exc
        return from_plain(item, VendorSuggestion)

    def delete_page(self, user_id: str) -> int:
        """Forgets a page of what one user has; answers how much that was."""
        return self._dynamodb.delete_page(TABLE, user_id, "vendor_id")
