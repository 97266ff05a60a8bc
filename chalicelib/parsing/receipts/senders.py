"""Which unknown senders seem to sell something, judged from overviews of their mail: sender, subject and preview only.

The same rules that read whole receipts judge here. Everything is a stranger's word: it yields a proposal for a person
to decide on, never a vendor.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from chalicelib.domain.look_alikes import resembled_vendor
from chalicelib.domain.mail import MailContext
from chalicelib.domain.vendor_suggestions import MailOverview, SuggestedVendor, sender_domain
from chalicelib.domain.vendors import VendorConfig, sender_specificity
from chalicelib.parsing.model.sender_prompt import SenderQuestion, SenderVerdict
from chalicelib.parsing.receipts.categories import guess_category
from chalicelib.parsing.receipts.rules import sounds_like_receipt
from chalicelib.parsing.receipts.vendor_names import vendor_name
from chalicelib.parsing.values.names import clean_name, folded
from chalicelib.parsing.visible.text import VisibleText, plain_text

#: Senders proposed by one sweep, those with most receipts first.
MOST_SENDERS = 20
_EXAMPLES = 3
_LONGEST_NAME = 60
_LEAST_SURE, _MOST_SURE, _LOOK_ALIKE_SURE = 0.4, 0.95, 0.2


@dataclass(slots=True)
class Sender:
    """What the overviews of one domain's mail say; names and examples are kept for as long as a sweep lasts."""

    domain: str
    names: list[str] = field(default_factory=list)
    examples: list[MailOverview] = field(default_factory=list)
    receipts: int = 0
    in_purchases: int = 0

    def add(self, mail: MailOverview) -> None:
        """Counts one mail, and keeps it as an example while there are few; those that look like receipts go first."""
        is_receipt = _looks_like_receipt(mail)
        self.receipts += is_receipt
        self.in_purchases += mail.in_purchases
        if mail.sender_name not in self.names and len(self.names) < _EXAMPLES:
            self.names.append(mail.sender_name)
        if is_receipt:
            self.examples.insert(0, mail)
        elif len(self.examples) < _EXAMPLES:
            self.examples.append(mail)
        del self.examples[_EXAMPLES:]


def unknown_senders(overviews: Iterable[MailOverview], known: Sequence[VendorConfig]) -> list[Sender]:
    """Senders of receipt-looking mail that no known vendor's patterns cover, most receipts first; at most twenty.

    Private mailboxes are nobody's shop.
    """
    found: dict[str, Sender] = {}
    for mail in overviews:
        domain = sender_domain(mail.sender_address)
        if domain is None or any(sender_specificity(vendor, mail.sender_address) for vendor in known):
            continue
        found.setdefault(domain, Sender(domain)).add(mail)
    promising = [sender for sender in found.values() if sender.receipts or sender.in_purchases]
    promising.sort(key=lambda sender: (-sender.receipts, -sender.in_purchases, sender.domain))
    return promising[:MOST_SENDERS]


def questions(senders: Sequence[Sender]) -> list[SenderQuestion]:
    """What a model is asked about each sender."""
    return [
        SenderQuestion(
            names=tuple(sender.names),
            domain=sender.domain,
            subjects=tuple(mail.subject for mail in sender.examples),
            snippets=tuple(mail.snippet for mail in sender.examples),
        )
        for sender in senders
    ]


def suggested(sender: Sender, verdict: SenderVerdict | None, known: Sequence[VendorConfig]) -> SuggestedVendor | None:
    """The proposal that a sender makes; ``None`` when the model says no, or nobody but Gmail's category says yes."""
    if verdict is not None and not verdict.is_vendor:
        return None
    if verdict is None and not sender.receipts:
        return None
    text = "\n".join(part for mail in sender.examples for part in (mail.subject, mail.snippet))
    category, is_sure = guess_category(text, MailContext(sender_name=sender.names[0]))
    if verdict is not None and verdict.category is not None:
        category = verdict.category
    name = _name(sender, verdict, text)
    looks_like = resembled_vendor(sender.domain, [name, *sender.names], known)
    why = _why(sender, verdict, looks_like)
    confidence = _LEAST_SURE + 0.1 * is_sure + sum(_WEIGHTS.get(reason, 0.0) for reason in why)
    return SuggestedVendor(
        domain=sender.domain,
        vendor_name=sender.domain if looks_like else name,
        sub_type=category,
        receipts=max(sender.receipts, 1),
        confidence=round(min(confidence, _LOOK_ALIKE_SURE if looks_like else _MOST_SURE), 2),
        why=why,
        looks_like=looks_like,
    )


_WEIGHTS = {"several_receipts": 0.15, "gmail_category": 0.1, "model": 0.2}


def _why(sender: Sender, verdict: SenderVerdict | None, looks_like: str | None) -> tuple[str, ...]:
    reasons = {
        "receipt_words": sender.receipts > 0,
        "several_receipts": sender.receipts > 1,
        "gmail_category": sender.in_purchases > 0,
        "model": verdict is not None,
        "looks_like_known_vendor": looks_like is not None,
    }
    return tuple(reason for reason, holds in reasons.items() if holds)


def _looks_like_receipt(mail: MailOverview) -> bool:
    seen = plain_text(mail.snippet, subject=mail.subject)
    context = MailContext(subject=mail.subject, sender_name=mail.sender_name, sender_address=mail.sender_address)
    return sounds_like_receipt(seen, context)


def _name(sender: Sender, verdict: SenderVerdict | None, text: str) -> str:
    """The model's name if it stands in what the model saw, else the sender's own, else the domain."""
    if verdict is not None and verdict.name and folded(verdict.name) in folded("\n".join((*sender.names, text))):
        stated = clean_name(verdict.name, limit=_LONGEST_NAME)
        if stated:
            return stated
    first = sender.examples[0]
    context = MailContext(subject=first.subject, sender_name=first.sender_name, sender_address=f"mail@{sender.domain}")
    return clean_name(vendor_name(VisibleText(), context) or "", limit=_LONGEST_NAME) or sender.domain
