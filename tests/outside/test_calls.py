"""A call is bounded in time and bytes, follows nothing, and goes where the check looked."""

import pytest

from medplan.outside.addresses import OutsideError
from medplan.outside.calls import Outside
from tests.outside.servers import Behaviour, dripping, endless, receiver, saying, silent

HERE = Outside(allow_loopback=True, timeout_s=0.6)


def test_a_body_and_its_headers_arrive() -> None:
    with receiver(saying(200, b"taken")) as there:
        reply = HERE.post(there.url("/a?b=c"), {"webhook-id": "evt_1"}, b'{"a": 1}')

    assert (reply.status, reply.body) == (200, b"taken")
    (got,) = there.got
    assert (got.path, got.body, got.headers["webhook-id"]) == ("/a?b=c", b'{"a": 1}', "evt_1")


def test_loopback_is_not_called_unless_the_setting_allows_it() -> None:
    with receiver() as there, pytest.raises(OutsideError):
        Outside().post(there.url(), {}, b"")

    assert there.got == []


def test_a_redirect_is_not_followed() -> None:
    with receiver() as other, receiver(saying(301, Location=other.url())) as there:
        reply = HERE.post(there.url(), {}, b"")

    assert (reply.status, len(there.got), other.got) == (301, 1, [])


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver() as proxy, receiver() as there:
        monkeypatch.setenv("http_proxy", proxy.url())
        HERE.post(there.url(), {}, b"")

    assert (len(proxy.got), len(there.got)) == (0, 1)


def test_an_endless_body_is_cut_at_so_many_bytes() -> None:
    with receiver(endless) as there:
        assert len(Outside(allow_loopback=True).get(there.url()).body) == 64 * 1024


@pytest.mark.parametrize("behave", [silent, dripping])
def test_one_that_never_comes_to_an_end_is_cut_off_in_time(behave: Behaviour) -> None:
    with receiver(behave) as there, pytest.raises(OutsideError, match="in time"):
        HERE.post(there.url(), {}, b"")


def test_a_port_where_nobody_listens_is_told() -> None:
    with receiver() as there:
        url = there.url()
    with pytest.raises(OutsideError, match="reached"):
        HERE.post(url, {}, b"")


def test_a_name_that_leads_inside_is_not_called() -> None:
    asked = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["93.184.216.34", "10.0.0.7"]

    with pytest.raises(OutsideError, match="not called"):
        Outside(resolve=resolve).get("https://rebinding.example.org/")

    assert asked == ["rebinding.example.org"]


def test_a_name_that_changes_its_mind_is_asked_once_and_its_first_answer_judged() -> None:
    with receiver() as there:
        answers = iter([["10.0.0.7"], ["127.0.0.1"]])
        outside = Outside(allow_loopback=True, resolve=lambda _host, _port: next(answers))
        with pytest.raises(OutsideError, match="not called"):
            outside.get(f"http://localhost:{there.port}/")

    assert there.got == []
    assert next(answers) == ["127.0.0.1"]


def test_a_name_without_an_address_is_told() -> None:
    with pytest.raises(OutsideError):
        Outside(resolve=lambda _host, _port: []).get("https://nowhere.example.org/")
