"""Who may read a file and for how long it is kept: fal's lifecycle object, checked and applied.

{"expiration_duration_seconds": 3600 | null,
 "initial_acl": {"default": "allow" | "forbid" | "hide", "rules": [{"user": "...", "decision": "..."}]}}
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from gesso.errors import InputError

Decision = Literal["allow", "forbid", "hide"]
Acl = Mapping[str, Any]
"""`{"default": Decision, "rules": [{"user": str, "decision": Decision}]}`, as `parse_acl` gives it."""

HEADERS = ("x-fal-object-lifecycle-preference", "x-fal-object-lifecycle")
"""Where clients put it; the Python client sends both, the JavaScript client one or the other."""

MAX_RULES = 100
MAX_HEADER = 16 * 1024
MAX_SECONDS = 100 * 365 * 86400.0

_SURROGATE = re.compile(r"[\ud800-\udfff]")
"""Half a pair, which no answer could tell again."""


@dataclass(frozen=True, slots=True)
class Keep:
    """What was asked for a file; none of both means the defaults."""

    seconds: float | None = None
    acl: Acl | None = None

    def as_json(self) -> str:
        return json.dumps({"seconds": self.seconds, "acl": self.acl})

    @classmethod
    def from_json(cls, text: str | None) -> Keep:
        return cls(**json.loads(text)) if text else cls()


def parse_acl(value: Any) -> Acl:
    """A checked copy of an ACL. Raises `InputError`: an ACL that we cannot read must not become a public file."""
    if not isinstance(value, Mapping):
        raise InputError("initial_acl", "model_attributes_type", "The ACL must be an object.", value=value)
    given = cast("Mapping[str, Any]", value)
    rules: Any = given.get("rules") or []
    if not isinstance(rules, list) or len(cast("list[Any]", rules)) > MAX_RULES:
        raise InputError(("initial_acl", "rules"), "list_type", f"The rules must be a list of at most {MAX_RULES}.")
    return {
        "default": _decision(given.get("default", "allow"), ("initial_acl", "default")),
        "rules": [_rule(rule, index) for index, rule in enumerate(cast("list[Any]", rules))],
    }


def _rule(value: Any, index: int) -> dict[str, str]:
    loc = ("initial_acl", "rules", index)
    rule: Mapping[str, Any] = cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}
    user: Any = rule.get("user")
    if not isinstance(user, str) or not user or _SURROGATE.search(user):
        raise InputError((*loc, "user"), "string_type", "A rule must name a user.")
    return {"user": user, "decision": _decision(rule.get("decision"), (*loc, "decision"))}


def _decision(value: Any, loc: tuple[str | int, ...]) -> Decision:
    if value not in ("allow", "forbid", "hide"):
        expected = ["allow", "forbid", "hide"]
        raise InputError(loc, "one_of", f"The value must be one of {expected}.", {"expected": expected}, value)
    return value


def parse_keep(value: Any) -> Keep:
    """The lifecycle object. A duration of null or 0 means: no expiry. Raises `InputError`."""
    if not isinstance(value, Mapping):
        raise InputError("object_lifecycle", "model_attributes_type", "The lifecycle must be an object.", value=value)
    given = cast("Mapping[str, Any]", value)
    seconds = given.get("expiration_duration_seconds")
    if seconds is not None and (isinstance(seconds, bool) or not isinstance(seconds, (int, float))):
        raise InputError("expiration_duration_seconds", "int_type", "Input should be a number.", value=seconds)
    if seconds is not None and not 0 <= seconds <= MAX_SECONDS:
        raise InputError("expiration_duration_seconds", "value_error", "The duration is out of range.", value=seconds)
    acl = given.get("initial_acl")
    return Keep(float(seconds) if seconds else None, None if acl is None else parse_acl(acl))


def keep_of(headers: Mapping[str, str]) -> Keep:
    """The lifecycle that a request's headers ask for. `headers` finds names in any case. Raises `InputError`."""
    text = next((headers[name] for name in HEADERS if headers.get(name)), "")
    if not text:
        return Keep()
    try:
        value = json.loads(text) if len(text) <= MAX_HEADER else None
    except (ValueError, RecursionError):
        value = None
    return parse_keep(value)


def is_public(acl: Acl | None) -> bool:
    """Whether everybody gets the same answer: the file."""
    return acl is None or (acl["default"] == "allow" and not acl["rules"])


def decide(acl: Acl | None, owner: str, user: str | None) -> Decision:
    """What `user` (none: nobody known) gets of a file that `owner` has. The last rule for a user wins."""
    if acl is None or user == owner:
        return "allow"
    for rule in reversed(acl["rules"]):
        if rule["user"] == user:
            return rule["decision"]
    return acl["default"]
