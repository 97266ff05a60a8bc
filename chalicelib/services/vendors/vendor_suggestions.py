"""A person's own vendors: what was suggested to them, and their decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.categories import CATEGORIES
from chalicelib.errors import ValidationFailed

if TYPE_CHECKING:
    from chalicelib.adapters.user_vendors import UserVendors
    from chalicelib.domain.users import User
    from chalicelib.domain.vendor_suggestions import SuggestionState, VendorSuggestion


@dataclass(frozen=True, slots=True)
class VendorSuggestions:
    """Looking at suggestions and deciding on them; a decision can be changed, a dismissed one never comes back."""

    user_vendors: UserVendors

    def list(self, user: User, state: SuggestionState) -> list[VendorSuggestion]:
        """Those in one state, surest first."""
        found = [row for row in self.user_vendors.of_user(user.user_id) if row.state == state]
        return sorted(found, key=lambda row: (-row.confidence, -row.receipts, row.domain))

    def accept(self, user: User, suggestion_id: str, category: str | None) -> VendorSuggestion:
        """From the next ingestion on, this user's mail of that sender counts. Raises ``NotFound``."""
        if category is not None and category not in CATEGORIES:
            raise ValidationFailed("category", f"must be one of {', '.join(CATEGORIES)}")
        return self.user_vendors.decide(user.user_id, suggestion_id, "accepted", category)

    def dismiss(self, user: User, suggestion_id: str) -> VendorSuggestion:
        """Raises ``NotFound``."""
        return self.user_vendors.decide(user.user_id, suggestion_id, "dismissed")
