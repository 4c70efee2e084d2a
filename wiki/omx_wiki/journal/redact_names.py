"""Tell from a name whether it holds a secret: `DB_PASSWORD` does, `password_hash` and `max_tokens` do not."""

from __future__ import annotations

import re
from functools import lru_cache

from omx_wiki.journal.redact_values import word_set

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_PASSWORD = word_set(
    """
    password passwd pwd passphrase passcode psw passwort contrasena mdp pw psk pass
    """
)
_GLUED = (
    ("password", "password"), ("passwd", "password"), ("passphrase", "password"), ("pwd", "password"),
    ("apikey", "api-key"), ("secretkey", "secret"), ("accesskey", "secret"), ("privatekey", "secret"),
    ("authkey", "api-key"), ("accesstoken", "token"), ("authtoken", "token"), ("refreshtoken", "token"),
    ("apitoken", "token"), ("bottoken", "token"), ("secret", "secret"), ("dbpass", "password"),
    ("sshpass", "password"), ("userpass", "password"), ("rootpass", "password"),
)  # fmt: skip
_NOUNS = {
    "secret": "secret", "secrets": "secret", "salt": "secret",
    "token": "token", "pat": "token", "jwt": "token", "bearer": "token",
    "credential": "credential", "credentials": "credential", "creds": "credential", "cred": "credential",
    "auth": "credential", "signature": "signature",
}  # fmt: skip
_KEY_KINDS = word_set(
    """
    api secret access private signing sign encryption encrypt encrypted master account shared auth
    license licence deploy service storage hmac app application consumer client admin webhook jwt
    session crypto cipher aes server integration rest subscription write ingest ingestion project
    anon role user personal management django flask
    """
)
_NOT_KEYS = word_set(
    """
    public primary foreign sort partition cache object host map dict composite unique index lookup
    row column group s3 kms file path registry event item hash list press translation i18n locale
    bucket idempotency key route
    """
)
_NOT_TOKENS = word_set(
    """
    max min num next page continuation cursor sync count total prompt completion input output csrf
    pad eos bos unk sep mask first last start stop end special cancel cancellation push lexer parser
    syntax change etag lock ast id
    """
)
# Words after the noun that leave it one.
_TRAILING = word_set(
    """
    dev prod production test testing staging stage live local value val b64 base64 raw plain
    plaintext default new old current previous primary secondary main base text clear str env json
    """
)


@lru_cache(maxsize=4096)
def secret_kind(name: str) -> str:
    """Return the kind of secret a name announces, or an empty string.

    The last word decides, after trailing words such as `_PROD` or `_1`; `key` needs a word that makes it one,
    or the spelling of an environment variable (`MISTRAL_KEY`).
    """
    words = [word.lower() for word in _WORD.findall(name)]
    while len(words) > 1 and (words[-1] in _TRAILING or words[-1].isdigit()):
        words.pop()
    if not words:
        return ""
    head, before = words[-1], words[:-1]
    if head in _PASSWORD:
        return "password"
    if "aws" in words and "secret" in words:
        return "aws-secret-key"
    if head == "key":
        return _key_kind(name, before)
    if head in _NOUNS:
        return "" if _NOT_TOKENS.intersection(before) else _NOUNS[head]
    return next((kind for ending, kind in _GLUED if head.endswith(ending)), "")


def _key_kind(name: str, before: list[str]) -> str:
    if not before or before[-1] in _NOT_KEYS or "public" in before:
        return ""
    if before[-1] in _KEY_KINDS:
        return (
            "secret"
            if before[-1] in {"secret", "private", "signing", "encryption", "master", "hmac"}
            else "api-key"
        )
    return "api-key" if name.isupper() or name.lower().startswith("x-") else ""
