"""Every request that leaves this machine: downloads of inputs, webhooks, calls to vendors.

A URL comes from a stranger, so it must not become a way into the network that the server stands in:

    text ──parse──▶ Url ──resolve once──▶ addresses ──all allowed?──▶ connect to exactly these ──▶ HTTP

One parsed object drives the check and the connection; a name is resolved once and the socket goes to the address
that was checked, with the name kept for `Host` and TLS. Redirects pass through the same door again. There is no
proxy, no cookie and no decompression on the way, and what was refused reads like a host that is down.
"""

from __future__ import annotations

from gesso.egress.requests import Downloaded, Egress, Resolve
from gesso.egress.urls import (
    UNREACHABLE,
    EgressError,
    EgressFailed,
    EgressInvalid,
    EgressRefused,
    EgressTooLarge,
    Reach,
    Url,
    check_url,
    parse_url,
    reach_of,
)

__all__ = [
    "UNREACHABLE",
    "Downloaded",
    "Egress",
    "EgressError",
    "EgressFailed",
    "EgressInvalid",
    "EgressRefused",
    "EgressTooLarge",
    "Reach",
    "Resolve",
    "Url",
    "check_url",
    "parse_url",
    "reach_of",
]
