"""Is a mail the document of a purchase, or one of the many others that a shop sends?

Subject and headings say what a mail is about; a receipt's body also speaks of shipping, cancellation rules and offers,
so words deep in the body weigh little. Sentences about the future ("we will e-mail you when your order has shipped")
and conditions ("free cancellation until ...") do not count.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from chalicelib.domain.mail import MailContext
from chalicelib.parsing.receipts.vocabulary import compile_phrases, notices, purchase_phrases
from chalicelib.parsing.visible.text import VisibleText

_RECEIPT = re.compile(
    compile_phrases(purchase_phrases.RECEIPT).pattern + r"|\b(?:order|booking|reservation|payment|purchase)\b.{0,30}"
    r"\b(?:confirmed|received|placed|complete|successful|registered)\b"
    r"|\b(?:order|ordern|bokning|beställning|betalning|köp)\b.{0,30}"
    r"\b(?:bekräftad|bekräftat|mottagen|genomförd|genomfört|klar|registrerad|registrerats)\b",
    re.IGNORECASE,
)
_ABOUT = compile_phrases(purchase_phrases.ABOUT)
_STATEMENT = compile_phrases(purchase_phrases.CHARGE_STATEMENT)
_REFUND = compile_phrases(purchase_phrases.REFUND)
_ELSEWHERE = compile_phrases(purchase_phrases.ELSEWHERE)
_NOTICES = {reason: compile_phrases(phrases) for reason, phrases in notices.NOTICES.items()}
_NOT_YET = re.compile(
    r"\b(?:when|once|after|until|till|as soon as|before|if|unless|will|shall|can|may|how to|policy|free"
    r"|right to|terms|could"
    r"|när|så snart|så fort|efter|innan|om|tills|kommer|kan|ska|fri|gratis|ångerrätt|villkor|regler|vill du"
    r"|sobald|wenn|nach|falls|kostenlos|bis|werden|dès|quand|si|après|lorsque|zodra|als|wanneer|cuando|una vez|si"
    r"|når|så snart|hvis|etter|efter|kun|jos|sitten|quando|appena|se)\b[^.!?]*$",
    re.IGNORECASE,
)
_SETTLES = re.compile(
    r"\b(?:kvitto|\w*kvitto|kvittot|faktura|\w*faktura|orderbekräftelse|köpbekräftelse|bokningsbekräftelse"
    r"|receipt|e-receipt|invoice"
    r"|order confirmation|booking confirmation|purchase confirmation|payment confirmation|rechnung|quittung"
    r"|bestellbestätigung"
    r"|buchungsbestätigung|facture|reçu|factuur|recibo|factura|kvittering|ordrebekreftelse|ordrebekræftelse"
    r"|kuitti|tilausvahvistus"
    r"|ricevuta|fattura|conferma ordine|e-ticket receipt)\b",
    re.IGNORECASE,
)
#: These reasons hold even beside the word receipt in the subject ("Reminder: invoice 123 is overdue").
_OVERRIDING = ("cancellation", "abandoned_cart", "payment_notice", "review_request", "account_statement")
#: These hold as headings too, whatever else the mail repeats, unless its subject is a receipt's.
_STANDING = ("cancellation", "abandoned_cart", "payment_notice")
#: Mails of these kinds may well repeat an order's total.
_REPEATS_AN_ORDER = (
    "shipping_notice",
    "review_request",
    "cancellation",
    "payment_notice",
    "abandoned_cart",
    "account_statement",
)
#: Terms of sale speak of refunds too.
_POLICY = re.compile(
    r"\b(?:inom|within|innerhalb|sous|binnen|dagar|days|tage|jours|dagen|policy|villkor|terms|rätt|öppet köp"
    r"|return label|free returns"
    r"|fria? retur|gratis retur|returrätt|easy returns|how to return|så returnerar)\b",
    re.IGNORECASE,
)
_LONGEST_REFUND_HEADING = 70
_HEADINGS = 8
_LONGEST_HEADING = 140
_BODY_LINES = 400


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """``is_purchase``, why not, whether money goes back, and whether to look again."""

    is_purchase: bool
    ignored_reason: str | None = None
    is_refund: bool = False
    says_charged: bool = False
    is_certain: bool = True


class Clues(msgspec.Struct, frozen=True, kw_only=True):
    """What else of a bill was found: a labelled total, an order number, any amount with a currency, a due date.

    ``has_date`` tells of a date labelled as the purchase's, ``has_stated_amount`` of an amount that a sentence says was
    paid, or of a single amount. Overviews of mail hold none of it: see ``sounds_like_purchase``.
    """

    has_total: bool = False
    has_order_id: bool = False
    has_amounts: bool = False
    has_due_date: bool = False
    has_date: bool = False
    has_stated_amount: bool = False

    @property
    def is_evidence(self) -> bool:
        """Whether anything but words about a purchase was found."""
        return self.has_total or self.has_order_id or self.has_date or self.has_stated_amount


def judge(seen: VisibleText, mail: MailContext, clues: Clues) -> Intent:
    """Decides from subject and headings first, then from what the body holds.

    Words alone make no purchase: a total, a number, a date or a statement that money was taken has to be there too.
    """
    intent = sounds_like_purchase(seen, mail, clues)
    if not intent.is_purchase:
        return intent
    texts = (mail.subject, *seen.lines[:_HEADINGS])
    is_elsewhere = not (clues.has_amounts or clues.has_total) and any(_ELSEWHERE.search(text) for text in texts)
    if is_elsewhere or not (clues.is_evidence or intent.says_charged):
        return msgspec.structs.replace(
            intent, is_purchase=False, ignored_reason=_mildest(mail.subject, "\n".join(seen.lines[:_BODY_LINES]))
        )
    return intent


def sounds_like_purchase(seen: VisibleText, mail: MailContext, clues: Clues) -> Intent:
    """The judgement by words, where the document itself is not at hand: a subject and a preview of its text."""
    subject = _plain_subject(mail.subject)
    headings = _headings(seen.lines)
    body = "\n".join(seen.lines[:_BODY_LINES])
    says_charged = _STATEMENT.search(body) is not None
    is_refund = _speaks_of_refund(subject, headings)
    is_proven = clues.has_total or says_charged
    reason = _notice(subject, headings, has_total=clues.has_total, is_proven=is_proven, is_refund=is_refund)
    if reason:
        return Intent(is_purchase=False, ignored_reason=reason, is_refund=is_refund, says_charged=says_charged)
    support = _support(subject, headings, body) + says_charged
    points = support + 2 * clues.has_total + clues.has_order_id + (clues.has_total and clues.has_due_date)
    if points < 3 or (support < 3 and not clues.has_amounts and not says_charged):
        return Intent(is_purchase=False, ignored_reason=_mildest(subject, body), says_charged=says_charged)
    return Intent(is_purchase=True, is_refund=is_refund, says_charged=says_charged, is_certain=points >= 4)


def _plain_subject(subject: str) -> str:
    return re.sub(r"^(?:\s*(?:re|sv|fwd?|vb|aw|wg|tr)\s*:)+", "", subject, flags=re.IGNORECASE).strip()


def _without_questions(subject: str) -> str:
    """What a subject states: its questions ("Order confirmation missing?") left out."""
    return re.sub(r"[^.!?]*\?", " ", subject).strip()


def _headings(lines: Sequence[str]) -> list[str]:
    return [line for line in lines[:_HEADINGS] if len(line) <= _LONGEST_HEADING and "?" not in line]


def _support(subject: str, headings: Sequence[str], body: str) -> int:
    """3 for a receipt's subject, 2 for its heading or a subject about a purchase, 1 for such words anywhere."""
    if _RECEIPT.search(_without_questions(subject)):
        return 3
    if _ABOUT.search(subject) or any(_RECEIPT.search(line) for line in headings):
        return 2
    return 1 if _SETTLES.search(body) or re.search(r"\b(?:thank you for your|tack för)\b", body, re.IGNORECASE) else 0


def _speaks_of_refund(subject: str, headings: Sequence[str]) -> bool:
    texts = [subject, *(line for line in headings if len(line) <= _LONGEST_REFUND_HEADING)]
    return any(_asserts(_REFUND, text) for text in texts if not _POLICY.search(text))


def _notice(subject: str, headings: Sequence[str], *, has_total: bool, is_proven: bool, is_refund: bool) -> str | None:
    stated = _without_questions(subject)
    settles = _SETTLES.search(stated)
    settled = bool(settles) or (has_total and any(_SETTLES.search(line) for line in headings))
    before_receipt = stated[: settles.start()] if settles else ""
    received_by_subject = bool(_RECEIPT.search(stated))
    received = received_by_subject or (is_proven and any(_RECEIPT.search(line) for line in headings))
    for reason, pattern in _NOTICES.items():
        if reason == "cancellation" and is_refund:
            continue
        in_subject = _asserts(pattern, subject)
        leads = not is_proven and reason in _REPEATS_AN_ORDER and _asserts(pattern, before_receipt)
        in_headings = any(_asserts(pattern, line) for line in headings)
        if (
            in_subject
            and (not settled or reason in _OVERRIDING or leads)
            and not (_is_soft(reason) and is_proven and (received or _ABOUT.search(subject)))
        ):
            return reason
        if in_headings and not settled and not received and not (is_proven and _is_soft(reason)):
            return reason
        if in_headings and reason in _STANDING and not received_by_subject:
            return reason
    return None


def _is_soft(reason: str) -> bool:
    """ "Your order ... 20 % off" with a total is still an order; "welcome to Pro" may be a paid subscription."""
    return reason not in _REPEATS_AN_ORDER


def _asserts(pattern: re.Pattern[str], text: str) -> bool:
    return any(not _NOT_YET.search(text[: match.start()]) for match in pattern.finditer(text))


def _mildest(subject: str, body: str) -> str:
    for reason, pattern in _NOTICES.items():
        if pattern.search(subject):
            return reason
    return "newsletter" if _NOTICES["newsletter"].search(body) else "not_a_receipt"
