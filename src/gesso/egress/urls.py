"""Which URLs and addresses a request may go to: strict parsing, and a table of where addresses lead."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, unquote

from gesso.errors import Failure, GessoError, Problem, list_failure

UNREACHABLE = "The URL could not be read: no usable answer came from it."
MALFORMED = "The value must be a valid http or https URL."

MAX_URL = 8192


class EgressError(GessoError):
    """A request that did not leave, or came to nothing. The text is one for all causes; `reason` is for our log."""

    type = "file_download_error"

    def __init__(self, reason: str, text: str = UNREACHABLE) -> None:
        super().__init__(text)
        self.reason = reason

    def failure(self) -> Failure:
        return list_failure(422, [Problem(("body",), str(self), self.type)])


class EgressRefused(EgressError):
    """The rules forbid this URL or the address behind it. Nothing was sent."""


class EgressInvalid(EgressRefused):
    """The text is no http(s) URL."""

    type = "value_error"

    def __init__(self, reason: str) -> None:
        super().__init__(reason, MALFORMED)


class EgressFailed(EgressError):
    """No usable answer: name unknown, no connection, wrong status, too slow, broken off."""


class EgressTooLarge(EgressFailed):
    """More bytes than `max_size`, announced or sent."""

    type = "file_too_large"

    def __init__(self, max_size: int) -> None:
        super().__init__("too large", f"The file is larger than the {max_size} bytes allowed.")
        self.max_size = max_size


# ---------------------------------------------------------------- URLs

_URL = re.compile(r"(https?)://([^/?#]*)([^?#]*)(\?[^#]*)?(?:#.*)?", re.IGNORECASE | re.DOTALL)
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{0,5}))?")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\\]")
_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_NUMERIC = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")

_BAD_PORTS = (
    "1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 "
    "119 123 135 137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 "
    "636 989 990 993 995 1719 1720 1723 2049 3659 4045 4190 5060 5061 6000 6379 6566 6665 6666 6667 6668 6669 "
    "6679 6697 10080 11211 "
)
BAD_PORTS = frozenset(int(port) for port in _BAD_PORTS.split())
"""Ports that the Fetch standard blocks because other protocols live there, and two databases that obey stray text."""


@dataclass(frozen=True, slots=True)
class Url:
    """A URL taken apart once. `target` is path and query as they go on the wire."""

    scheme: Literal["http", "https"]
    host: str
    """Lower case name without its final dot, or an IP address without brackets."""
    port: int
    target: str

    @property
    def origin(self) -> tuple[str, str, int]:
        return (self.scheme, self.host, self.port)

    @property
    def netloc(self) -> str:
        """Host and, unless it is the scheme's own, port: the `Host` header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _default_port(self.scheme) else f"{host}:{self.port}"

    @property
    def file_name(self) -> str:
        """Last part of the path, unquoted; may be empty."""
        return unquote(self.target.partition("?")[0].rpartition("/")[2], errors="replace")

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}{self.target}"


def parse_url(text: str) -> Url:
    """Read a URL more strictly than any client does, so that no two readers can differ. Raises `EgressRefused`."""
    if len(text) > MAX_URL or _FORBIDDEN.search(text):
        raise EgressInvalid("length or characters")
    match = _URL.fullmatch(text)
    if match is None:
        known = re.match(r"(?!https?:)[a-z][a-z0-9+.-]*:", text, re.IGNORECASE)
        raise EgressRefused("scheme") if known else EgressInvalid("not an absolute URL")
    scheme: Literal["http", "https"] = "https" if match[1].lower() == "https" else "http"
    authority = _AUTHORITY.fullmatch(match[2])
    if authority is None:
        raise EgressRefused("user names, escapes and non-ASCII hosts are not accepted")
    port = int(authority[2] or _default_port(scheme))
    if not 0 < port < 65536 or port in BAD_PORTS:
        raise EgressRefused("port")
    try:
        path = quote(match[3] or "/", safe="/%!$&'()*+,;=:@~")
        query = quote(match[4] or "", safe="/%!$&'()*+,;=:@~?[]|{}^`")
    except UnicodeEncodeError as error:
        raise EgressInvalid("lone surrogate") from error
    return Url(scheme, _host(authority[1]), port, path + query)


def _default_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _host(text: str) -> str:
    if text.startswith("["):
        try:
            return str(ipaddress.IPv6Address(text[1:-1]))
        except ValueError as error:
            raise EgressInvalid("IPv6 address") from error
    host = text.lower().removesuffix(".")
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise EgressInvalid("host name")
    if _NUMERIC.fullmatch(labels[-1]):  # "127.1", "0x7f.1", "2130706433", "0177.0.0.1": resolvers read these as IPv4
        try:
            return str(ipaddress.IPv4Address(host))
        except ValueError as error:
            raise EgressRefused("IPv4 address in an unusual form") from error
    return host


# ---------------------------------------------------------------- addresses

Reach = Literal["public", "private", "loopback", "never"]
"""Where an address leads. `never` is refused even where private addresses are allowed."""


def _networks(*texts: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


# Written out rather than taken from `ipaddress.is_global`, whose tables differ between Python releases.
_NEVER = _networks(
    *("0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24"),
    *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    *("168.63.129.16/32", "100.100.100.200/32"),  # platform addresses of clouds that stand outside link-local
    *("fd00:ec2::/32", "fd20:ce::/32"),  # the same among unique local ones
    *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),  # Teredo and kin, documentation, 6to4
)
_LOOPBACK = _networks("127.0.0.0/8", "::1/128")
_PRIVATE = _networks("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "198.18.0.0/15", "fc00::/7")
_GLOBAL6 = ipaddress.ip_network("2000::/3")
_EMBEDS4 = _networks("::ffff:0:0/96", "64:ff9b::/96")
"""IPv6 forms of an IPv4 address that a host may really use: judged by what they carry."""
_ISATAP = (0x00005EFE, 0x02005EFE)


def reach_of(address: str) -> Reach:
    """Where a textual IP address leads. What is not known to be public is not public."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if ip.version == 6 and any(ip in network for network in _EMBEDS4):
        return reach_of(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    if any(ip in network for network in _NEVER):
        return "never"
    if any(ip in network for network in _LOOPBACK):
        return "loopback"
    if any(ip in network for network in _PRIVATE):
        return "private"
    if ip.version == 6 and (ip not in _GLOBAL6 or (int(ip) >> 32) & 0xFFFFFFFF in _ISATAP):
        return "never"
    return "public"


def allowed_reach(*, private: bool, loopback: bool) -> frozenset[Reach]:
    """The addresses that a request may go to."""
    if private:
        return frozenset({"public", "private", "loopback"})
    return frozenset({"public", "loopback"} if loopback else {"public"})


def check_url(text: str, *, allow_private: bool = False, allow_loopback: bool = False) -> Url:
    """The part of the check that needs no look-up, for URLs that are used later. Raises `EgressRefused`."""
    url = parse_url(text)
    allowed = allowed_reach(private=allow_private, loopback=allow_loopback)
    if url.host == "localhost" or url.host.endswith(".localhost"):
        found: Reach = "loopback"
    else:
        try:
            found = reach_of(url.host)
        except ValueError:
            return url
    if found not in allowed:
        raise EgressRefused(f"{found} address")
    return url
