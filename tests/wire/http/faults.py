"""Faults between the bot and Discord, and the requests that they apply to."""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass
from typing import Any, Literal, NotRequired, TypedDict, Unpack

MESSAGES = "/channels/{channel_id}/messages"
CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"

Kind = Literal["refusal", "rate_limit", "status", "cut", "hold"]
Moment = Literal["before", "inside", "after"]
Scope = Literal["user", "global", "shared"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong with the requests that fit; what is None fits all."""

    kind: Kind
    moment: Moment = "before"
    """Before Discord did what was asked, after it, or (cut) inside of its answer."""
    method: str | None = None
    route: str | None = None
    """As Discord's documentation writes it, such as "/channels/{channel_id}/messages"."""
    channel_id: int | None = None
    count: int | None = 1
    """How often it happens; None is until it is cleared."""
    skip: int = 0
    """How many requests that fit are let through first."""
    probability: float = 1
    seed: int = 0
    """With the same seed the same requests of a row are hit."""
    code: int = 0
    message: str | None = None
    """What a refusal says instead of Discord's own words."""
    status: int = 500
    retry_after: float = 1
    scope: Scope = "user"
    via: bool = True
    """False: as from Cloudflare, which has no Via header."""
    seconds: float = 60
    """How long a held request waits when it is not released."""


class Fits(TypedDict):
    """Which requests a fault happens to, and how often; see `Fault`."""

    method: NotRequired[str]
    route: NotRequired[str]
    channel_id: NotRequired[int]
    count: NotRequired[int | None]
    skip: NotRequired[int]
    probability: NotRequired[float]
    seed: NotRequired[int]


def refusal(code: int, message: str | None = None, **fits: Unpack[Fits]) -> Fault:
    """Refuse with one of Discord's codes: 10003, 10062, 40060, 50001, 50013 …"""
    return Fault("refusal", code=code, message=message, **fits)


def rate_limit(
    retry_after: float, scope: Scope = "user", *, via: bool = True, **fits: Unpack[Fits]
) -> Fault:
    """Answer this and all else of the rate limit with 429 for that long."""
    return Fault("rate_limit", retry_after=retry_after, scope=scope, via=via, **fits)


def server_error(status: int = 500, moment: Moment = "before", **fits: Unpack[Fits]) -> Fault:
    """Answer with a server error, before or after the request is executed."""
    return Fault("status", moment, status=status, **fits)


def cut_before(**fits: Unpack[Fits]) -> Fault:
    """Break the connection without executing the request."""
    return Fault("cut", "before", **fits)


def cut_after(**fits: Unpack[Fits]) -> Fault:
    """Execute the request, then break the connection without an answer."""
    return Fault("cut", "after", **fits)


def cut_inside(**fits: Unpack[Fits]) -> Fault:
    """Execute the request, then break the connection within the answer."""
    return Fault("cut", "inside", **fits)


def hold(moment: Moment, seconds: float = 60, **fits: Unpack[Fits]) -> Fault:
    """Hold a request before or after it is handled, until it is released or its sender gone."""
    return Fault("hold", moment, seconds=seconds, **fits)


class Rule:
    """A fault in force, and how often it has happened."""

    def __init__(self, number: int, fault: Fault) -> None:
        self.number = number
        self.fault = fault
        self.fitting = 0
        self.hits = 0
        self.released = False
        self._random = random.Random(fault.seed)  # noqa: S311

    def strikes(self, method: str, route: str, channel_id: int | None) -> bool:
        """Return whether the fault applies to this request, and count it."""
        fault = self.fault
        if (
            fault.method not in (None, method)
            or fault.route not in (None, route)
            or fault.channel_id not in (None, channel_id)
            or (fault.count is not None and self.hits >= fault.count)
        ):
            return False
        self.fitting += 1
        if self.fitting <= fault.skip or self._random.random() >= fault.probability:
            return False
        self.hits += 1
        return True

    def to_json(self) -> dict[str, Any]:
        """Write the fault for a test."""
        return {
            **asdict(self.fault),
            "number": self.number,
            "fitting": self.fitting,
            "hits": self.hits,
            "released": self.released,
        }


class Faults:
    """All the faults in force; the first that strikes is what happens."""

    def __init__(self) -> None:
        self.rules: dict[int, Rule] = {}
        self._last = 0

    def add(self, fault: Fault) -> Rule:
        """Add a fault."""
        self._last += 1
        rule = self.rules[self._last] = Rule(self._last, fault)
        return rule

    def clear(self, number: int | None = None) -> None:
        """End one fault, or all; requests that are held continue."""
        for rule in list(self.rules.values()):
            if number in (None, rule.number):
                rule.released = True
                del self.rules[rule.number]

    def striking(self, method: str, route: str, channel_id: int | None) -> Rule | None:
        """Return the first fault that applies to a request."""
        for rule in self.rules.values():
            if rule.strikes(method, route, channel_id):
                return rule
        return None
