"""How often something may be done, and who is counted as one."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

#: What one household or phone is given of IPv6 (RFC 6177, section 2): addresses within it are one.
_IPV6_NETWORK_BITS = 64


class Limit(NamedTuple):
    """At most ``most`` times in each ``seconds``, per subject; 0 means without limit. ``name`` keeps counters apart."""

    name: str
    most: int
    seconds: int


def network_of(address: str) -> str:
    """The part of a source address that belongs to one subscriber; an address that is none stays as it is.

    >>> network_of("192.0.2.7"), network_of("2001:db8:1:2:aaaa::7"), network_of("::ffff:192.0.2.7"), network_of("")
    ('192.0.2.7', '2001:db8:1:2::', '192.0.2.7', '')
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    rest = 128 - _IPV6_NETWORK_BITS
    return str(IPv6Address(int(parsed) >> rest << rest))
