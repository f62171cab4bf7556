"""Which texts are URLs, and where addresses lead."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.egress import EgressInvalid, EgressRefused, Reach, check_url, parse_url, reach_of

GOOD = [
    ("http://example.com", "http://example.com/"),
    ("HTTPS://Example.COM:443/A", "https://example.com/A"),
    ("http://example.com.:8080/a?b=c#d", "http://example.com:8080/a?b=c"),
    ("http://example.com/a b", "http://example.com/a%20b"),
    ("http://example.com/ä?q=ü", "http://example.com/%C3%A4?q=%C3%BC"),
    ("http://example.com/a%2Fb%zz", "http://example.com/a%2Fb%zz"),
    ("http://xn--bcher-kva.example/", "http://xn--bcher-kva.example/"),
    ("http://under_score.example/x", "http://under_score.example/x"),
    ("http://[2606:4700::1111]:8080/", "http://[2606:4700::1111]:8080/"),
    ("http://8.8.8.8/x", "http://8.8.8.8/x"),
    ("https://bucket.s3.amazonaws.com/k?X-Amz-Signature=a%2Bb&x=1", None),
]

MALFORMED = [
    *("", " ", "x", "example.com/a.png", "/files/a.png", "//example.com/a", "http:/example.com", "http:example.com"),
    *("http://example.com/\r\nHost: evil", "http://example.com/\x00", "http://exa\tmple.com/", "\nhttp://example.com/"),
    *("http://example.com\\@127.0.0.1/", "http:\\\\127.0.0.1\\", "http://example.com/\\..\\x"),
    *("http://a..b/", "http://-a.example/", "http://" + "a" * 64 + ".example/", "http://" + "a." * 130 + "example/"),
    *("http://[::1::2]/", "http://[1.2.3.4]/", "http://example.com/" + "a" * 9000, "http://example.com/\ud800"),
]

OTHER_FORMS = [
    *("ftp://example.com/x", "file:///etc/passwd", "gopher://example.com/", "s3://bucket/key", "javascript:alert(1)"),
    *("http://user@example.com/", "http://user:pass@example.com/", "http://127.0.0.1@example.com/"),
    *("http://example.com@127.0.0.1/", "http://exa%6dple.com/", "http://%31%32%37.0.0.1/", "http://bücher.example/"),
    *("http://１２７.0.0.1/", "http://127。0。0。1/", "http://①②⑦.0.0.1/", "http://exam ple.com/", "http:///x"),
    *("http://0x7f000001/", "http://2130706433/", "http://127.1/", "http://0177.0.0.1/", "http://017700000001/"),
    *("http://0x7f.0.0.1/", "http://127.0.1/", "http://127.0.0.1.1/", "http://1.2.3/", "http://256.1.1.1/"),
    *("http://example.com:0/", "http://example.com:65536/", "http://example.com:99999/", "http://a.0x7f/"),
    *("http://example.com:22/", "http://example.com:25/", "http://example.com:6379/", "http://[fe80::1%25eth0]/"),
    *("http://[::1", "http://example.com:-1/", "http://example.com:8o/", "http://example.com:80:80/", "http://[::1]x/"),
]


@pytest.mark.parametrize(("text", "wire"), GOOD)
def test_a_url_is_taken_apart_and_put_together(text: str, wire: str | None) -> None:
    assert str(parse_url(text)) == (wire or text)


@pytest.mark.parametrize("text", MALFORMED)
def test_what_is_no_url_is_called_malformed(text: str) -> None:
    with pytest.raises(EgressInvalid) as caught:
        parse_url(text)
    assert caught.value.failure().error_type == "value_error"


@pytest.mark.parametrize("text", OTHER_FORMS)
def test_forms_that_readers_disagree_about_are_refused(text: str) -> None:
    with pytest.raises(EgressRefused):
        parse_url(text)


@given(st.text(max_size=60))
def test_any_text_is_a_url_or_refused(text: str) -> None:
    for candidate in (text, f"http://{text}", f"http://example.com{text}", f"http://example.com/{text}"):
        try:
            url = parse_url(candidate)
        except EgressRefused:
            continue
        assert url.scheme in ("http", "https")
        assert url.host.isascii()
        assert url.target.isascii()
        assert url.target.startswith("/")
        assert parse_url(str(url)) == url


def test_file_name_is_the_last_part() -> None:
    assert parse_url("http://example.com/a/b%20c.png?x=/y").file_name == "b c.png"
    assert parse_url("http://example.com").file_name == ""


ADDRESSES: dict[Reach, list[str]] = {
    "public": [
        *("1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.167.1.1"),
        *("192.0.1.1", "223.255.255.255", "168.63.129.15", "198.17.0.1", "198.20.0.1", "11.0.0.1", "169.253.1.1"),
        *("2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2001:4860:4860::8888"),
    ],
    "loopback": ["127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"],
    "private": [
        *("10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "198.18.0.1"),
        *("198.19.255.255", "fc00::1", "fdff::1", "::ffff:10.0.0.1", "64:ff9b::10.1.2.3", "::ffff:192.168.1.1"),
    ],
    "never": [
        *("0.0.0.0", "0.1.2.3", "169.254.169.254", "169.254.0.1", "168.63.129.16", "100.100.100.200", "192.0.0.8"),
        *("192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "198.51.100.1", "203.0.113.1", "224.0.0.1"),
        *("239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1"),
        *("fd00:ec2::254", "fd20:ce::254", "2002:7f00:1::", "2002:808:808::1", "2001::1", "2001:0:808:808::1"),
        *("2001:db8::1", "2001:10::1", "2001:20::1", "2001:2::1", "3fff::1", "3fff:fff::1", "100::1", "5f00::1"),
        *("::7f00:1", "::8.8.8.8", "::ffff:0:127.0.0.1", "64:ff9b:1::7f00:1", "64:ff9b::169.254.169.254"),
        *("::ffff:169.254.169.254", "2606:4700::5efe:7f00:1", "2606:4700::200:5efe:a00:1", "4000::1", "e000::1"),
    ],
}


@pytest.mark.parametrize(("address", "reach"), [(a, reach) for reach, found in ADDRESSES.items() for a in found])
def test_where_an_address_leads(address: str, reach: Reach) -> None:
    assert reach_of(address) == reach


@pytest.mark.parametrize("url", ["http://localhost/x", "http://a.localhost/", "http://LOCALHOST./", "http://[::1]/x"])
def test_loopback_is_refused_without_a_look_up_unless_allowed(url: str) -> None:
    with pytest.raises(EgressRefused):
        check_url(url)
    assert check_url(url, allow_loopback=True).port == 80
    assert check_url(url, allow_private=True).port == 80


def test_allowing_loopback_does_not_allow_the_network() -> None:
    with pytest.raises(EgressRefused):
        check_url("http://10.0.0.1/", allow_loopback=True)
    assert check_url("http://10.0.0.1/", allow_private=True)
    with pytest.raises(EgressRefused):
        check_url("http://169.254.169.254/", allow_private=True)
    assert check_url("https://hooks.example.com/a?b")
