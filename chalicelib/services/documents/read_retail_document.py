"""Reading a raw retail file by the whole chain, with a model where one is configured."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.errors import DependencyFailure
from chalicelib.parsing.retail import read_retail_file
from chalicelib.services.documents.ask_model_once import ASKED_BY_ANOTHER

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.adapters.vendors import Vendors
    from chalicelib.domain.documents import Document
    from chalicelib.domain.invoices import Extraction
    from chalicelib.domain.mail import MailContext
    from chalicelib.domain.vendors import ExtractionHints
    from chalicelib.services.documents.extract_with_model import ExtractWithModel

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReadRetailDocument:
    """Markup, then the model, then rules; a model that fails leaves the document to the rules, a scan to a person."""

    extract_with_model: ExtractWithModel
    vendors: Vendors

    def __call__(self, document: Document, mail: MailContext, key: str, content: bytes) -> Extraction:
        """Raises ``DocumentRejected``, and ``DependencyFailure`` while another event asks the model the same."""

        def ask(text: str, context: MailContext) -> Extraction | None:
            return self._asked(document, lambda hints: self.extract_with_model(text, context, hints))

        def ask_about_scan(pdf: bytes, context: MailContext) -> Extraction | None:
            return self._asked(document, lambda hints: self.extract_with_model.from_scan(pdf, context, hints))

        if not self.extract_with_model.is_available:
            return read_retail_file(key, content, mail)
        return read_retail_file(key, content, mail, ask, ask_about_scan)

    def _asked(
        self, document: Document, extract: Callable[[ExtractionHints | None], Extraction | None]
    ) -> Extraction | None:
        try:
            return extract(self.vendors.hints_of(document.vendor_id))
        except DependencyFailure as exc:
            if exc.reason == ASKED_BY_ANOTHER:
                raise
            _log.warning("%s is left without the model: %s", document.document_id, exc)
            return None
