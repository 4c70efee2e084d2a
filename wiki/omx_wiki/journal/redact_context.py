"""Secrets known by their place: headers, cookies, URLs, command lines and password files."""

# ruff: noqa: PLR2004 - lengths are what this file is about, each stands once where it decides
from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from omx_wiki.journal.redact_values import (
    INTERPOLATION,
    is_basic,
    is_identifier_shape,
    is_reference,
    looks_like_password,
    looks_random,
)

if TYPE_CHECKING:
    from collections.abc import Callable


class Place(NamedTuple):
    """A place where a secret stands: the pattern is matched `skip` characters after `literal`, lower case.

    The group `s` of the pattern is the value, replaced when `accept` finds it secret.
    """

    kind: str
    literal: str
    pattern: str
    accept: Callable[[str], bool]
    skip: int = 0


def is_password(value: str) -> bool:
    """Return whether a value in a password's place is one, not a reference to it."""
    return not is_reference(value) and (looks_like_password(value) or looks_random(value, 12))


def is_token(value: str) -> bool:
    """Return whether a value in a token's place is one, not a reference or a word."""
    return not is_reference(value) and looks_random(value, 10)


def _is_url_password(value: str) -> bool:
    return not any(mark in value for mark in INTERPOLATION) and not _URL_PLACEHOLDER.match(value)


def _is_url_token(value: str) -> bool:
    return not is_identifier_shape(value) and is_token(value) and len(value) >= 16


def is_cookie(value: str) -> bool:
    """Return whether a cookie's value looks generated: a session, not a preference."""
    return not is_reference(value) and not is_identifier_shape(value) and looks_random(value, 12)


def _is_shell_password(value: str) -> bool:
    return not is_reference(value) and not value.isdigit() and len(value) >= 4


_URL_PLACEHOLDER = re.compile(
    r"(?:\$[A-Za-z_{(]|[{<]|%[sdv(]|\*+$|\.\.\.|x{3,}$|(?i:your|pass(?:word|wd)?$|pwd$|secret$|token$|pw$|changeme$))"
)
_QUOTE = r"(?:\\{0,3}[\"'])?"
_ARG = r"[^\s\"'`;|<>\\]"
_SPACE = r"(?:[ \t]|\\\n){1,8}"


def _command(name: str, flags: str, value: str = rf"(?P<s>{_ARG}{{4,128}})") -> Place:
    """Build a row for a shell command whose flag takes a password, on the same line."""
    pattern = rf"{name}(?:\.exe)?\b(?:[^\n|;&]|\\\n){{0,200}}?{_SPACE}(?:{flags}){_QUOTE}{value}"
    return Place("password", name, r"(?<![\w/-])" + pattern, _is_shell_password)


PLACES: tuple[Place, ...] = (
    Place(
        "bearer-token",
        "bearer",
        rf"(?i:bearer)(?:%20|\\u0020|\s|\"\s?,\s?\"){{1,4}}{_QUOTE}(?P<s>[A-Za-z0-9._~+/=:-]{{10,2000}})",
        is_token,
    ),
    Place("basic-credentials", "basic ", r"(?i:basic) {1,3}(?P<s>[A-Za-z0-9+/]{6,1000}={0,2})", is_basic),
    Place(
        "authorization",
        "authorization",
        r"(?<![A-Za-z:])(?i:authorization)\\{0,3}[\"']?\s{0,3}[:=,]\s{0,3}\\{0,3}[\"']?"
        r"(?:[A-Za-z][\w-]{2,24} )?(?:token=\"?)?(?P<s>[A-Za-z0-9._~+/=-]{12,2000})",
        is_token,
    ),
    Place("signature", "x-amz-signature=", r"(?i:x-amz-signature)=(?P<s>[0-9a-f]{64})", bool),
    Place(
        "signature", "x-amz-security-token=", r"(?i:x-amz-security-token)=(?P<s>[\w%+/=.-]{40,4000})", bool
    ),
    Place("signature", "x-goog-signature=", r"(?i:x-goog-signature)=(?P<s>[0-9a-f]{64,1024})", bool),
    Place("api-key", "key=", r"(?<=[?&])(?i:key)=(?P<s>[A-Za-z0-9_.~-]{16,200})", _is_url_token),
    Place("signature", "sig=", r"(?<=[?&])(?i:sig)=(?P<s>[A-Za-z0-9_.~%-]{20,200})", _is_url_token),
    Place(
        "url-password",
        "://",
        r"[^\s/@:\"'`<>\\?#]{0,128}:(?!\d{1,5}[/?#])(?P<s>[^\s/\"'`<>\\]{1,256}(?:/[^\s/@\"'`<>\\]{1,64}){0,2})@(?=[\w\[$%{-])",
        _is_url_password,
        3,
    ),
    Place("url-token", "://", r"(?P<s>[A-Za-z0-9_.~-]{16,256})@(?=[\w-]+\.)", _is_url_token, 3),
    _command(
        "curl",
        r"-u ?|--user[ =]|--proxy-user[ =]|-U ?",
        r"(?<![-\w])[^\s\"':]{1,64}:(?P<s>[^\s\"'\\]{2,128})",
    ),
    _command("mysql", "-p"),
    _command("mysqldump", "-p"),
    _command("mysqladmin", "-p"),
    _command("mariadb", "-p"),
    _command("sshpass", "-p ?"),
    _command("docker login", "-p "),
    _command("podman login", "-p "),
    _command("helm registry login", "-p "),
    _command("az login", "-p "),
    _command("redis-cli", "-a "),
    _command("mongosh", "-p "),
    _command("mongo", "-p "),
    _command("mongodump", "-p "),
    _command("ldapsearch", "-w "),
    _command("sqlcmd", "-P ?"),
    _command("unzip", "-P "),
    _command("zip", "-P "),
    _command("7z", "-p"),
    _command("htpasswd", r"-[a-zA-Z]*b[a-zA-Z]* \S{1,100} \S{1,64} "),
    _command("openssl", r"(?:-passin |-passout |-pass |-k )(?:pass:)?"),
    _command("smbclient", r"-U [^\s%]{1,64}%"),
    Place(
        "netrc-password",
        "login ",
        r"(?i:login)\s{1,4}\S{1,100}\s{1,4}(?:account \S{1,64}\s)?(?i:password)\s{1,4}(?P<s>[^\s\"']{3,200})",
        lambda value: not is_reference(value),
    ),
    Place(
        "password",
        "identified ",
        r"(?i:identified (?:with \S{1,40} )?by)\s{1,3}(?:(?i:password)\s)?'(?P<s>[^'\n]{3,128})'",
        is_password,
    ),
    Place(
        "password",
        "password for ",
        r"(?i:password for) \S{1,80}\s?=\s?'(?P<s>[^'\n]{3,128})'",
        is_password,
    ),
    Place("password", "password '", r"(?i:password) '(?P<s>[^'\n]{4,128})'", is_password),
    Place("password", "requirepass ", r"(?i:requirepass) {1,4}(?P<s>[^\s\"']{6,200})", _is_shell_password),
)
"""Every place, in the order of precedence."""

COOKIE_LINE = re.compile(
    r"(?i:(?<![\w])(?:set-)?cookie[\"']?\s{0,3}[:=]\s{0,3}|(?:--cookie|curl -b|\s-b)[ =])"
    r"[\"']?(?P<s>[^\r\n\"']{8,4096})"
)
COOKIE_PAIR = re.compile(r"(?<![\w.-])(?P<name>[\w.%-]{1,64})=(?P<s>[^\s;,\"'\\]{6,3000})")
COOKIE_NAME = re.compile(r"(?i)sess|sid\b|auth|token|jwt|csrf|xsrf|remember|login|identity")
SESSION_ID = re.compile(
    r"(?<![A-Za-z])(?:PHPSESSID|JSESSIONID|ASPSESSIONID\w{0,8}|ASP\.NET_SessionId|connect\.sid|laravel_session|_gitlab_session"
    r"|sessionid|_session_id|__Secure-[\w.-]{1,40}|__Host-[\w.-]{1,40})[\"']?\s?[=:]\s?[\"']?(?P<s>[A-Za-z0-9%._~+/=-]{16,1000})"
)
PGPASS_LINE = re.compile(
    r"(?m)(?:^[ \t+>]{0,4}|[\"'])[\w.*/-]{1,100}:(?:54\d\d|6432|\*)"
    r":[\w*-]{1,63}:[\w.*@-]{1,63}:(?P<s>[^\s:\"']{3,200})(?=[\"']|\s*$)"
)
