"""An address that a stranger chose leads nowhere but to the internet."""

import pytest

from medplan.outside.addresses import OutsideError, check_address, check_url

INNER = (
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",  # noqa: S104 - must be refused
    "10.0.0.1",
    "172.16.3.4",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd12:3456::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001:db8::1",
)

LOOPBACK = {
    "127.0.0.1",
    "127.8.8.8",
    "::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
}


@pytest.mark.parametrize("address", INNER)
def test_an_address_of_somebodys_own_net_is_not_called(address: str) -> None:
    with pytest.raises(OutsideError):
        check_address(address, allow_loopback=False)


@pytest.mark.parametrize("address", [a for a in INNER if a not in LOOPBACK])
def test_the_development_setting_lets_in_loopback_only(address: str) -> None:
    with pytest.raises(OutsideError):
        check_address(address, allow_loopback=True)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111"])
def test_an_address_of_the_internet_may_be_called(address: str) -> None:
    check_address(address, allow_loopback=False)


def test_the_development_setting_lets_loopback_in() -> None:
    for address in ("127.0.0.1", "::1"):
        check_address(address, allow_loopback=True)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org",
        "//example.org/",
        "http://example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "https://",
        "https:///path",
        "https://user@example.org/",
        "https://user:word@example.org/",
        "https://example.org:22/",
        "https://example.org:0/",
        "https://example.org:99999/",
        "https://example.org:x/",
        "https://example.org/#part",
        "https://example.org\\@127.0.0.1/",
        "https://exa mple.org/",
        "https://example.org/\r\nHost: other",
        "https://ex\u0430mple.org/",
        "https://[::1%25eth0]/",
        "https://[::1/",
        "https://example.org/" + "x" * 500,
    ],
)
@pytest.mark.parametrize("allow_loopback", [True, False])
def test_a_text_that_is_no_address_to_call_is_refused(url: str, allow_loopback: bool) -> None:  # noqa: FBT001
    with pytest.raises(OutsideError):
        check_url(url, allow_loopback=allow_loopback)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x", "http://localhost:9/", "http://[::1]:9/"])
def test_plain_http_and_other_ports_are_for_loopback_in_development(url: str) -> None:
    check_url(url, allow_loopback=True)
    with pytest.raises(OutsideError):
        check_url(url, allow_loopback=False)


def test_https_on_its_own_port_may_be_called() -> None:
    assert check_url("https://example.org/hook?a=b", allow_loopback=False).hostname == "example.org"
    check_url("https://example.org:443/", allow_loopback=False)
