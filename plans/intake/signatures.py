"""Is this delivery from whom it says? HubSpot v3 and v2, Standard Webhooks, bearer tokens.

Sources: HubSpot's page "Validating requests" (the vectors are in the tests), standardwebhooks.com.
Every comparison takes constant time; every refusal says why, for the log and for an admin.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook, WebhookVerificationError

STALE_MS = 300_000
# Clocks differ a little; a moment further ahead than this was made up.
SKEW_MS = 30_000
# The escapes that HubSpot decodes before it signs, and no others.
ESCAPES = {
    "%3A": ":", "%2F": "/", "%3F": "?", "%40": "@", "%21": "!", "%24": "$",
    "%27": "'", "%28": "(", "%29": ")", "%2A": "*", "%2C": ",", "%3B": ";",
}  # fmt: skip
ESCAPE = re.compile("|".join(ESCAPES), re.IGNORECASE)


class SignatureRefused(Exception):
    """The delivery is not to be trusted. `reason` is fit for a log: it holds no secret."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def hubspot_v3(secret: str, method: str, uri: str, body: bytes, timestamp: str) -> str:
    """base64(HMAC-SHA256(secret, METHOD + decoded URI + body + timestamp)); `timestamp` is ms as sent."""
    source = f"{method.upper()}{decoded(uri)}".encode() + body + timestamp.encode()
    return base64.b64encode(hmac.new(secret.encode(), source, hashlib.sha256).digest()).decode()


def hubspot_v2(secret: str, method: str, uri: str, body: bytes) -> str:
    """hex(SHA-256(secret + METHOD + URI + body)). It has no time in it, so it can be replayed."""
    return hashlib.sha256(f"{secret}{method.upper()}{uri}".encode() + body).hexdigest()


def decoded(uri: str) -> str:
    """The URI with only the escapes of HubSpot's list decoded."""
    return ESCAPE.sub(lambda found: ESCAPES[found.group().upper()], uri)


def check_hubspot(
    headers: Mapping[str, str],
    *,
    secret: str,
    method: str,
    public_uri: str,
    body: bytes,
    now_ms: int,
    allow_v2: bool = False,
) -> None:
    """Raise SignatureRefused unless HubSpot signed this. v2 counts only where allowed and no v3 is there."""
    sent = {name.lower(): value for name, value in headers.items()}
    if not secret:
        raise SignatureRefused("the connection has no client secret")
    if "x-hubspot-signature-v3" in sent:
        timestamp = sent.get("x-hubspot-request-timestamp", "")
        _check_time(timestamp, now_ms)
        expected = hubspot_v3(secret, method, public_uri, body, timestamp)
        _compare(expected, sent["x-hubspot-signature-v3"])
    elif allow_v2 and "x-hubspot-signature" in sent:
        if sent.get("x-hubspot-signature-version", "v2") != "v2":
            raise SignatureRefused("only signature versions v3 and v2 are accepted")
        _compare(hubspot_v2(secret, method, public_uri, body), sent["x-hubspot-signature"])
    else:
        raise SignatureRefused("no accepted signature header")


def check_standard_webhook(headers: Mapping[str, str], body: bytes, secret: str) -> None:
    """Raise SignatureRefused unless the Standard Webhooks headers fit (v1, within 5 minutes of now)."""
    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
    except WebhookVerificationError as error:
        raise SignatureRefused(str(error).lower()) from error
    except EmptyWebhookSecretError as error:
        raise SignatureRefused("the connection has no secret") from error
    # The library lets odd base64, odd UTF-8 and a signature without a comma through as plain errors.
    except ValueError as error:
        raise SignatureRefused("the signature headers cannot be read") from error


def check_bearer(headers: Mapping[str, str], token: str) -> None:
    """Raise SignatureRefused unless `Authorization: Bearer <token>` fits; for senders that cannot sign."""
    sent = {name.lower(): value for name, value in headers.items()}.get("authorization", "")
    scheme, _space, credential = sent.partition(" ")
    if not token:
        raise SignatureRefused("the connection has no token")
    if scheme.lower() != "bearer":
        raise SignatureRefused("no bearer token")
    _compare(token, credential.strip(), "the bearer token does not match")


def _check_time(timestamp: str, now_ms: int) -> None:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 16):
        raise SignatureRefused("the timestamp header is missing or not a number")
    age = now_ms - int(timestamp)
    if age > STALE_MS:
        raise SignatureRefused("the timestamp is older than five minutes")
    if age < -SKEW_MS:
        raise SignatureRefused("the timestamp lies in the future")


def _compare(expected: str, given: str, reason: str = "the signature does not match") -> None:
    # Bytes, because compare_digest refuses text beyond ASCII with an error of its own.
    if not hmac.compare_digest(expected.encode(), given.strip().encode("utf-8", "backslashreplace")):
        raise SignatureRefused(reason)
