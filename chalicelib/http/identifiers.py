"""Identifiers in addresses: what cannot be one of ours does not exist, and is never looked up.

Ours are a word, ``_`` or ``-``, and a digest or a UUID. DynamoDB refuses sort keys above 1,024 bytes and empty ones
(Developer Guide, "Quotas"), and its refusal would look like a failure of AWS.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from chalicelib.errors import InvoiceNotFound, NotFound

_FORM = re.compile(r"[A-Za-z0-9_.-]{1,128}")


def check_identifiers(path: Mapping[str, str]) -> None:
    """Raises what a view would for something that is not there.

    >>> check_identifiers({"run_id": "run_0b5a3f0e-6c1d-4d0a-9a51-2f9d5a3c7e11"})
    >>> check_identifiers({"invoice_id": "a/b"})
    Traceback (most recent call last):
    ...
    chalicelib.errors.InvoiceNotFound: The invoice does not exist
    """
    for name, text in path.items():
        if _FORM.fullmatch(text):
            continue
        if name == "invoice_id":
            raise InvoiceNotFound("The invoice does not exist")
        raise NotFound("There is nothing here")
