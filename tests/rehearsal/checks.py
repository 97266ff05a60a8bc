"""One thing that somebody asks of a deployment, and what was found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that somebody asks for: `subject` is a row and `aspect` a column of the table."""

    subject: str
    aspect: str
    asked: str
    found: str
    by: str

    @property
    def good(self) -> bool:
        return self.asked == self.found
