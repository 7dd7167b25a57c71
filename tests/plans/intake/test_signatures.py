from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from plans.intake import signatures
from plans.intake.sending import sign
from plans.intake.signatures import (
    SignatureRefused,
    check_bearer,
    check_hubspot,
    check_standard_webhook,
    decoded,
    hubspot_v2,
    hubspot_v3,
)

SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
URI = "https://www.example.com/webhook_uri"
BODY = b"{'example_field':'example_value'}"
SENT = 1693657560000
WEBHOOK_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def v3_headers(timestamp=SENT, body=BODY, uri=URI) -> dict[str, str]:
    return {
        "X-HubSpot-Request-Timestamp": str(timestamp),
        "X-HubSpot-Signature-v3": hubspot_v3(SECRET, "POST", uri, body, str(timestamp)),
    }


def check(headers, **changes) -> None:
    settings = {"secret": SECRET, "method": "POST", "public_uri": URI, "body": BODY, "now_ms": SENT + 1000}
    check_hubspot(headers, **settings | changes)


@pytest.mark.parametrize(
    ("timestamp", "signature"),
    [
        ("1693657560000", "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="),
        ("1700000300000", "RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw="),
    ],
)
def test_v3_gives_the_published_vectors(timestamp, signature) -> None:
    assert hubspot_v3(SECRET, "POST", URI, BODY, timestamp) == signature
    headers = {"x-hubspot-signature-V3": signature, "x-hubspot-request-timestamp": timestamp}
    check(headers, now_ms=int(timestamp) + 299_999)


def test_v2_gives_the_published_vector() -> None:
    signature = hubspot_v2(SECRET, "POST", URI, b'{"example_field":"example_value"}')
    assert signature == "9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900"


def test_only_the_listed_escapes_are_decoded() -> None:
    listed = "%3A%2F%3F%40%21%24%27%28%29%2A%2C%3B"
    assert decoded(listed) == ":/?@!$'()*,;"
    assert decoded("/a%20b%26c%3Dd%25%2B%23?x=%2f") == "/a%20b%26c%3Dd%25%2B%23?x=/"
    assert decoded("%253A") == "%253A"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"body": BODY + b" "}, "does not match"),
        ({"secret": SECRET[:-1] + "x"}, "does not match"),
        ({"method": "PUT"}, "does not match"),
        ({"public_uri": URI + "/"}, "does not match"),
        ({"now_ms": SENT + 300_001}, "older"),
        ({"now_ms": SENT - 30_001}, "future"),
        ({"secret": ""}, "no client secret"),
    ],
)
def test_v3_refuses_what_was_changed_or_is_out_of_time(changes, reason) -> None:
    check(v3_headers())
    with pytest.raises(SignatureRefused, match=reason):
        check(v3_headers(), **changes)


@pytest.mark.parametrize("timestamp", ["", "soon", "1e12", "-1", "१६९३", "9" * 30])
def test_v3_refuses_a_timestamp_that_is_no_number(timestamp) -> None:
    with pytest.raises(SignatureRefused, match="timestamp"):
        check(v3_headers() | {"X-HubSpot-Request-Timestamp": timestamp})


@pytest.mark.parametrize("signature", ["", "é", "\udcff", "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y"])
def test_v3_refuses_odd_signatures_without_an_error_of_its_own(signature) -> None:
    with pytest.raises(SignatureRefused, match="does not match"):
        check(v3_headers() | {"X-HubSpot-Signature-v3": signature})


def test_v2_counts_only_where_allowed_and_never_beside_v3() -> None:
    v2 = sign("hubspot", "workflow", BODY, secret=SECRET, public_url=URI)
    check(v2, allow_v2=True)
    with pytest.raises(SignatureRefused, match="no accepted signature"):
        check(v2)
    with pytest.raises(SignatureRefused, match="does not match"):
        check(v2 | v3_headers() | {"X-HubSpot-Signature-v3": "forged"}, allow_v2=True)
    with pytest.raises(SignatureRefused, match="versions"):
        check(v2 | {"X-HubSpot-Signature-Version": "v1"}, allow_v2=True)
    with pytest.raises(SignatureRefused, match="does not match"):
        check(v2, allow_v2=True, body=b"{}")
    with pytest.raises(SignatureRefused, match="no accepted signature"):
        check({}, allow_v2=True)


def test_signatures_are_compared_in_constant_time(monkeypatch) -> None:
    compared = []
    real = signatures.hmac.compare_digest
    monkeypatch.setattr(signatures.hmac, "compare_digest", lambda a, b: compared.append(1) or real(a, b))
    check(v3_headers())
    check(sign("hubspot", "workflow", BODY, secret=SECRET, public_url=URI), allow_v2=True)
    check_bearer({"Authorization": "Bearer abc"}, "abc")
    assert len(compared) == 3


def test_what_we_sign_as_hubspot_is_accepted() -> None:
    headers = sign("hubspot", "events", BODY, secret=SECRET, public_url=URI, now=NOW)
    check(headers, now_ms=int(NOW.timestamp() * 1000))


def test_two_sendings_in_one_second_are_two_messages() -> None:
    one, two = (
        sign("webhook", "deals", b"{}", secret=WEBHOOK_SECRET, public_url="", now=NOW) for _ in range(2)
    )
    assert one["webhook-timestamp"] == two["webhook-timestamp"]
    assert one["webhook-signature"] != two["webhook-signature"]


def test_a_standard_webhook_is_checked_whatever_its_body_is() -> None:
    body = "{not json, but signed: ü".encode()
    with time_machine.travel(NOW, tick=False):
        headers = sign("webhook", "deals", body, secret=WEBHOOK_SECRET, public_url="")
        check_standard_webhook(headers, body, WEBHOOK_SECRET)
        rotated = headers | {"webhook-signature": f"v1,AAAA {headers['webhook-signature']}"}
        check_standard_webhook(rotated, body, WEBHOOK_SECRET)
        with pytest.raises(SignatureRefused, match="no matching"):
            check_standard_webhook(headers, body + b" ", WEBHOOK_SECRET)
        with pytest.raises(SignatureRefused, match="no matching"):
            check_standard_webhook(headers | {"webhook-id": "msg_other"}, body, WEBHOOK_SECRET)


@pytest.mark.parametrize(("minutes", "reason"), [(6, "too old"), (-6, "too new")])
def test_a_standard_webhook_out_of_time_is_refused(minutes, reason) -> None:
    headers = sign("webhook", "deals", b"{}", secret=WEBHOOK_SECRET, public_url="", now=NOW)
    with (
        time_machine.travel(NOW + timedelta(minutes=minutes), tick=False),
        pytest.raises(SignatureRefused, match=reason),
    ):
        check_standard_webhook(headers, b"{}", WEBHOOK_SECRET)


@pytest.mark.parametrize("signature", ["nonsense", "v1,a", "v1,é", "v1,a,b", "v2,AAAA", ""])
def test_a_standard_webhook_with_an_odd_signature_is_refused(signature) -> None:
    with time_machine.travel(NOW, tick=False):
        headers = sign("webhook", "deals", b"{}", secret=WEBHOOK_SECRET, public_url="")
        with pytest.raises(SignatureRefused):
            check_standard_webhook(headers | {"webhook-signature": signature}, b"{}", WEBHOOK_SECRET)
        with pytest.raises(SignatureRefused):
            check_standard_webhook(headers, b"\xff\xfe", WEBHOOK_SECRET)
        with pytest.raises(SignatureRefused, match="no secret"):
            check_standard_webhook(headers, b"{}", "")


def test_a_bearer_token_must_be_the_connections() -> None:
    check_bearer({"authorization": "bearer s3cret"}, "s3cret")
    check_bearer(sign("salesforce", "flow", b"{}", secret="s3cret", public_url=""), "s3cret")
    for headers in ({}, {"Authorization": "Basic s3cret"}, {"Authorization": "s3cret"}):
        with pytest.raises(SignatureRefused, match="no bearer token"):
            check_bearer(headers, "s3cret")
    with pytest.raises(SignatureRefused, match="does not match"):
        check_bearer({"Authorization": "Bearer s3cre"}, "s3cret")
    with pytest.raises(SignatureRefused, match="no token"):
        check_bearer({"Authorization": "Bearer "}, "")
