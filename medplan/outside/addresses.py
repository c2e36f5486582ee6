"""Which addresses may be called when a stranger chose them (SSRF: server-side request forgery).

Only https on its own port, to addresses that the whole internet can reach; a development setting
lets loopback in. A name is judged by every address that it stands for.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from medplan.errors import MedplanError

LONGEST_URL = 500
_HTTPS = 443
_LOOPBACK_SCHEMES = {"http", "https"}
_NAT64 = IPv6Network("64:ff9b::/96")


class OutsideError(MedplanError):
    """Somebody else's server can't be asked, or not at this address; the message says why."""

    code = "outside"


def check_url(text: str, *, allow_loopback: bool) -> SplitResult:
    """Take apart an address that may be called, as far as its text can tell.

    Raises:
        OutsideError: it is none, or one that must not be called.
    """
    if len(text) > LONGEST_URL or any(c <= " " or c > "~" or c in '\\"<>^`{|}' for c in text):
        raise OutsideError(f"An address has at most {LONGEST_URL} visible ASCII characters.")
    url = _split(text)
    if url.hostname is None or "%" in url.netloc or url.fragment:
        raise OutsideError("An address such as https://example.org/path is needed.")
    if url.username is not None or url.password is not None:
        raise OutsideError("An address must not hold a name or a password.")
    if allow_loopback and url.scheme in _LOOPBACK_SCHEMES and _is_loopback_name(url.hostname):
        return url
    if url.scheme != "https" or url.port not in {None, _HTTPS}:
        raise OutsideError("Only https on port 443 is called.")
    if _is_loopback_name(url.hostname):
        raise OutsideError("This name leads to an address that is not called.")
    _check_literal(url.hostname, allow_loopback=allow_loopback)
    return url


def check_address(text: str, *, allow_loopback: bool) -> None:
    """Let an address of the internet pass, and loopback where that is allowed.

    Raises:
        OutsideError: it is an address of somebody's own net, or none that a server has.
    """
    address = _innermost(ip_address(text.partition("%")[0]))
    if allow_loopback and address.is_loopback:
        return
    if not address.is_global or address.is_multicast or address.is_reserved:
        raise OutsideError("This name leads to an address that is not called.")


def _check_literal(host: str, *, allow_loopback: bool) -> None:
    """Judge a host that is an address itself; a name is judged when it is looked up."""
    try:
        ip_address(host)
    except ValueError:
        return
    check_address(host, allow_loopback=allow_loopback)


def _split(text: str) -> SplitResult:
    try:
        url = urlsplit(text)
        _ = url.port  # read here, for a wrong one is told only now
    except ValueError as error:
        raise OutsideError("This is no address.") from error
    return url


def _is_loopback_name(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _innermost(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one only wraps (mapped, 6to4, Teredo, NAT64), or itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = None if address.teredo is None else address.teredo[1]
    return address.ipv4_mapped or address.sixtofour or teredo or address
