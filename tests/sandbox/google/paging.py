"""Paging of lists: `maxResults` and page tokens.

A token names the last item of its page, not a count of items: mail that comes or goes between two pages neither repeats
nor hides another.
"""

from __future__ import annotations

import base64
import binascii
import re

from tests.sandbox.google.errors import gmail_error
from tests.sandbox.google.mail import Mail
from tests.sandbox.google.wire import Request

PAGE_DEFAULT = 100
PAGE_MAXIMUM = 500


def page_size(request: Request) -> int:
    """`maxResults`: 100 unless told, 500 at most (larger values are lowered, as Gmail does)."""
    text = request.value("maxResults", str(PAGE_DEFAULT))
    if not re.fullmatch(r"\d{1,10}", text) or int(text) == 0:
        raise gmail_error("invalidArgument", "Invalid value at 'max_results'")
    return min(int(text), PAGE_MAXIMUM)


def following(mails: list[Mail], token: str) -> list[Mail]:
    """What follows the last mail of the previous page, also when mail came or went meanwhile."""
    last = position(token, r"\d{1,20}:[0-9a-f]{16}")
    if last is None:
        return mails
    date, _, message_id = last.partition(":")
    return [mail for mail in mails if mail.order < (int(date), message_id)]


def page_token(last: str) -> str:
    """The token of the page after the item that `last` identifies."""
    return base64.urlsafe_b64encode(last.encode()).decode("ascii").rstrip("=")


def position(token: str, form: str) -> str | None:
    """What a page token identifies, `None` for no token; Gmail's 400 when it does not have the form (a regex)."""
    if not token:
        return None
    try:
        last = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode("ascii")
    except (binascii.Error, ValueError) as exc:
        raise gmail_error("invalidArgument", "Invalid pageToken") from exc
    if not re.fullmatch(form, last):
        raise gmail_error("invalidArgument", "Invalid pageToken")
    return last
