"""Build the redaction corpus from its templates: seeded, so that every run sees the same texts."""

from __future__ import annotations

import base64
import random
import re
import string
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "redaction"
_SLOT = re.compile(r"\{(hex|HEX|b62|b64u|b64|b32|b36|B36|low|num|uuid|jwt|pw|pem|basic)(?::([^{}]*))?\}")
_LOWER, _DIGITS, _LETTERS = string.ascii_lowercase, string.digits, string.ascii_letters
_ALPHABETS = {
    "hex": "0123456789abcdef",
    "HEX": "0123456789ABCDEF",
    "b62": _LETTERS + _DIGITS,
    "b64": _LETTERS + _DIGITS + "+/",
    "b64u": _LETTERS + _DIGITS + "-_",
    "b32": string.ascii_uppercase + "234567",
    "b36": _LOWER + _DIGITS,
    "B36": string.ascii_uppercase + _DIGITS,
    "low": _LOWER,
    "num": "123456789",
}
_STEMS = (
    "Winter",
    "dragon",
    "Tr0mbone",
    "s3cure",
    "Kestrel",
    "qwerty",
    "letmein",
    "Falcon",
    "P4ss",
    "monkey",
)


class Case(NamedTuple):
    """One secret in its surroundings: what comes before it, the secret, and what follows."""

    family: str
    kind: str
    before: str
    secret: str
    after: str

    @property
    def text(self) -> str:
        return self.before + self.secret + self.after


def secret_cases(
    surroundings: str = "surroundings.txt", *, per_family: int = 3, seed: int = 20
) -> list[Case]:
    """Return cases of every family, each in up to `per_family` of the surroundings of its class."""
    chance = random.Random(seed)
    places: dict[str, list[str]] = defaultdict(list)
    for line in _rows(surroundings):
        kind, template = line.split(" | ", 1)
        places[kind.strip()].append(_unescape(template))
    cases = []
    for line in _rows("secrets.txt"):
        family, kind, template = (part.strip() for part in line.split(" | ", 2))
        chosen = chance.sample(places[kind], min(per_family, len(places[kind])))
        cases += [_case(chance, family, kind, template, place) for place in chosen]
    return cases


def halves(cases: list[Case], seed: int = 21) -> tuple[list[Case], list[Case]]:
    """Split the cases into those the rules were tuned on and those held out."""
    shuffled = list(cases)
    random.Random(seed).shuffle(shuffled)
    middle = len(shuffled) // 2
    return shuffled[:middle], shuffled[middle:]


def look_alikes(name: str = "look_alikes.txt", seed: int = 22) -> list[str]:
    """Return the texts that hold no secret."""
    chance = random.Random(seed)
    return [fill(_unescape(line), chance) for line in _rows(name)]


def fill(template: str, chance: random.Random) -> str:
    """Replace every slot such as `{hex:40}` by random characters."""
    return _SLOT.sub(lambda slot: _value(slot[1], slot[2] or "", chance), template)


def _case(chance: random.Random, family: str, kind: str, template: str, place: str) -> Case:
    secret = fill(template, chance)
    if kind == "url":
        whole = place.replace("{s}", secret)
        password = re.search(r"://[^:@/]*:([^/]+)@", whole)
        assert password
        return Case(family, kind, whole[: password.start(1)], password[1], whole[password.end(1) :])
    place = fill(place.replace("{key}", "AKI" + "A{b32:16}"), chance)
    found = re.search(r"\{s(?::(\w+))?\}", place)
    assert found, place
    host, _, secret = secret.rpartition("{^}")
    before, after = place[: found.start()] + host, place[found.end() :]
    return Case(family, kind, before, _shaped(secret, found[1] or ""), after)


def _shaped(secret: str, shape: str) -> str:
    if shape == "json":
        return secret.replace("\n", "\\n")
    if shape == "json2":
        return secret.replace("\n", "\\\\n")
    if shape == "indent":
        return "    " + secret.replace("\n", "\n    ")
    if shape == "cut":
        return "\n".join(secret.split("\n")[:-3])
    if shape == "diff":
        return "+" + secret.replace("\n", "\n+")
    return secret


def _value(slot: str, argument: str, chance: random.Random) -> str:
    if slot in _ALPHABETS:
        return "".join(chance.choices(_ALPHABETS[slot], k=int(argument)))
    return _SHAPES[slot](argument, chance)


def _uuid(_: str, chance: random.Random) -> str:
    return "-".join(_value("hex", str(size), chance) for size in (8, 4, 4, 4, 12))


def _jwt(_: str, chance: random.Random) -> str:
    claims = '{"sub":"' + _value("num", "10", chance) + '","exp":1900000000}'
    parts = [
        base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in ('{"alg":"HS256"}', claims)
    ]
    return ".".join([*parts, _value("b64u", "43", chance)])


def _password(_: str, chance: random.Random) -> str:
    return (
        chance.choice(_STEMS) + _value("num", "3", chance) + chance.choice(["", "!", "#x", "$k", "&3", "%z"])
    )


def _basic(_: str, chance: random.Random) -> str:
    return base64.b64encode(f"ada:{_value('b62', '14', chance)}".encode()).decode()


def _pem(label: str, chance: random.Random) -> str:
    lines = [_value("b64", "64", chance) for _ in range(8)] + [_value("b64", "31", chance) + "="]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----"])


_SHAPES = {"uuid": _uuid, "jwt": _jwt, "pw": _password, "basic": _basic, "pem": _pem}


def _rows(name: str) -> list[str]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("# ")]


def _unescape(template: str) -> str:
    return template.replace("\\\\", "\0").replace("\\n", "\n").replace("\0", "\\")
