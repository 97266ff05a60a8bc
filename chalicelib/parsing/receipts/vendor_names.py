"""Who sold it: the configured vendor, the sender, or what the mail says about itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chalicelib.domain.mail import MailContext
from chalicelib.parsing.receipts.vocabulary import compile_phrases, purchase_phrases
from chalicelib.parsing.visible.text import VisibleText

_GENERIC = re.compile(
    r"^(?:no[-_ .]?reply|do[-_ ]?not[-_ ]?reply|donotreply|info|support|orders?|sender|shop|store|sales|billing"
    r"|service|kundservice|kundtjänst"
    r"|customer service|mail|mailer|post|admin|team|notifications?|receipts?|invoices?|kvitto|faktura|bokning"
    r"|booking|hello|hej|noreply\w*|webshop"
    r"|order|orderbekräftelse|e-?mail|contact|account|konto|www|web|auto-?confirm|order-?update)$",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\s*(?:[-–|,]\s*)?\b(?:no[-_ ]?reply|kundservice|kundtjänst|customer (?:service|support|care)|support"
    r"|orders|receipts?|billing|invoices?|bookings?"
    r"|kvitto|notifications?|order confirmation|team|webshop|faktura|bokning)\s*$",
    re.IGNORECASE,
)
_PHRASES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        (
            r"(?:thanks|thank you) for (?:using|shopping (?:at|with)|ordering (?:from|with)|booking with"
            r"|your (?:order|purchase) (?:from|at|with)"
            r"|subscribing to|choosing|travelling with|flying with|riding with)\s+(?P<name>[^.!,\n\t]{2,50})"
        ),
        (
            r"tack för (?:att du (?:handlar|handlade|handlat|bokade|bokat|beställde|beställt|reser|valde|valt"
            r"|prenumererar)|ditt köp|din beställning|din order"
            r"|din bokning)\s+(?:hos|på|av|från|via|med)\s+(?P<name>[^.!,\n\t]{2,50})"
        ),
        r"(?:receipt|invoice|order|booking) from\s+(?P<name>[^.!,#\n\t]{2,50})",
        r"(?:kvitto|faktura|beställning|order|bokning|räkning) (?:från|hos|på)\s+(?P<name>[^.!,#\n\t]{2,50})",
        r"(?:bestellung|rechnung|einkauf) (?:bei|von)\s+(?P<name>[^.!,#\n\t]{2,50})",
        r"(?:commande|achat|facture) (?:chez|sur|de)\s+(?P<name>[^.!,#\n\t]{2,50})",
        (
            r"(?:takk|tak) for (?:at du handlet|handelen|din ordre|din bestilling|dit køb)\s+(?:hos|på"
            r"|i)\s+(?P<name>[^.!,#\n\t]{2,50})"
        ),
    )
)
#: A name before a legal form of one of the countries whose languages are read.
_COMPANY = re.compile(
    r"^(?:[^\W\d][^:]{0,20}:\s*)?(?P<name>[^\W_a-zß-ÿ][\w&.'’-]*(?:\s[\w&.'’-]+){0,5}?\s"
    r"(?:AB|GmbH(?:\s?&\s?Co\.?(?:\s?KG)?)?|AG|KG|UG|Ltd\.?|Limited|LLC|Inc\.?|B\.?V\.?|N\.V\.|SARL|SAS|S\.A\.(?:S\.)?"
    r"|A/S|ApS|AS|Oyj?|S\.r\.l\.|S\.L\.|Pty Ltd|Pvt\.? Ltd\.?))(?=$|[\s,])"
)
_ADDRESSEE = re.compile(
    r"\b(?:bill(?:ed)? to|ship(?:ped)? to|sold to|invoice to|customer|client|buyer|kund|köpare|fakturaadress"
    r"|leveransadress|levereras till|käufer|kunde|lieferadresse|rechnungsadresse|empfänger|leistungsempfänger"
    r"|adresse de (?:livraison|facturation)|destinataire|acheteur|klant|afleveradres|factuuradres|cliente|kunde)\b",
    re.IGNORECASE,
)
_LONGEST_CELL = 120
_LONGEST_LETTERHEAD = 40
#: The words for such documents, dates, and pages.
_HEADING = re.compile(
    compile_phrases(purchase_phrases.RECEIPT, purchase_phrases.REFUND).pattern
    + r"|\d{3}|\b(?:page|sida|seite|copy|kopia)\b",
    re.IGNORECASE,
)
_SECOND_LEVEL = frozenset(["co", "com", "org", "net", "ac", "gov"])
_MAILING = re.compile(
    r"^(?:mail|email|e|news|info|order|orders|service|service-mail|booking|notifications?|mailer|send|reply"
    r"|noreply|no-reply|m|em)$"
)


def vendor_name(seen: VisibleText, mail: MailContext) -> str | None:
    """The seller's name as printed, ``None`` when nothing names it.

    >>> vendor_name(VisibleText(), MailContext(sender_name="Matbudet Kundservice", sender_address="a@matbudet.example"))
    'Matbudet'
    >>> vendor_name(VisibleText(lines=("Tack för att du handlar hos Ylle & Ull!",)), MailContext(sender_name="noreply"))
    'Ylle & Ull'
    """
    if mail.vendor_name:
        return mail.vendor_name
    sender = seen.forwarded_from or (mail.sender_name if not seen.is_forward else "")
    name = _clean_sender(sender)
    if name:
        return name
    named = _named_in(seen.lines) or _named_in([mail.subject]) or _from_domain(mail.sender_address, seen)
    return named or _company_in(seen.lines) or (None if mail.subject else _letterhead(seen.lines))


def _clean_sender(sender: str) -> str | None:
    name = re.sub(r"<[^>]*>|[\"']", "", sender).strip()
    name = re.sub(r"\s+(?:via|through|genom)\s+.*$", "", name, flags=re.IGNORECASE)
    name = _ROLE.sub("", name).strip(" -–|,")
    if not name or "@" in name or _GENERIC.match(name) or len(name) > 80:
        return None
    return name


def _named_in(lines: Sequence[str]) -> str | None:
    for line in lines[:60]:
        for pattern in _PHRASES:
            match = pattern.search(line)
            if match:
                name = re.split(r"\s(?:is|has|har|är|and|och|på|with|nr|number)\s|[:(]", match["name"].strip())[
                    0
                ].strip(" -–")
                if re.search(r"[^\W\d_]{2}", name) and (name[0].isupper() or name[0].isdigit()):
                    return name
    return None


def _company_in(lines: Sequence[str]) -> str | None:
    """The first company by its legal form that is not whom the document is addressed to: a letterhead, a footer."""
    addressed = False
    for line in lines[:200]:
        cells = [cell.strip(" \u00a0,;:")[:_LONGEST_CELL] for cell in re.split(r"\t|\s[-–—·●|]\s", line)]
        found = [match for cell in cells if (match := _COMPANY.match(cell))]
        names_addressee = _ADDRESSEE.search(line) is not None
        if found and not addressed and not names_addressee:
            return found[0]["name"].strip(" ,")
        addressed = (addressed or names_addressee) and not found
    return None


def _letterhead(lines: Sequence[str]) -> str | None:
    """What heads a document that came without a mail, when it is a name and not the word for such documents."""
    for line in lines[:2]:
        text = line.split("\t")[0].strip()
        if (
            3 <= len(text) <= _LONGEST_LETTERHEAD
            and re.fullmatch(r"[^\W_][^:@/#]*", text)
            and not _HEADING.search(text)
        ):
            return text
    return None


def _from_domain(address: str, seen: VisibleText) -> str | None:
    """The registered label of the sender's domain, in the spelling of the document when it occurs there."""
    labels = address.rpartition("@")[2].casefold().split(".")
    while len(labels) > 2 and _MAILING.match(labels[0]):
        labels.pop(0)
    if len(labels) < 2 or seen.is_forward:
        return None
    label = labels[-3] if len(labels) > 2 and labels[-2] in _SECOND_LEVEL else labels[-2]
    if _GENERIC.match(label) or label in ("gmail", "hotmail", "outlook", "icloud", "yahoo", "live"):
        return None
    printed = re.search(rf"(?<!\w){re.escape(label)}(?![\w.])", seen.text[:20_000], re.IGNORECASE)
    return printed[0] if printed else label.capitalize()
