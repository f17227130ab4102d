"""Who may reach the page: this machine alone, or, where the operator says so, others; by which host names, with
which password, how often."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.errors import DispatchError

LOOPBACK = "127.0.0.1"
LOOPBACK_NAMES = ("localhost", LOOPBACK, "[::1]", "::1")
PUBLIC_RATE = 60
PASSWORD_VARIABLE = "DISPATCH_QA_PASSWORD"


@dataclass(frozen=True, slots=True)
class Access:
    """`hosts` are the names that are answered to ("*" is any); `password` is asked for unless None; `rate` is
    how many questions a client may ask a minute (None: any number); `is_public` where others reach the page."""

    hosts: tuple[str, ...] = LOOPBACK_NAMES
    password: str | None = None
    rate: int | None = None
    is_public: bool = False

    def describe(self, where: str) -> list[str]:
        """What an operator should know before others reach the page at `where`, a line each."""
        if not self.is_public:
            return []
        asked = "it asks for the password" if self.password is not None else "there is no password"
        names = "any host name" if "*" in self.hosts else f"the host names {', '.join(self.hosts)}"
        often = "as often as it likes" if self.rate is None else f"{self.rate} questions a minute"
        return [
            f"Public: whoever reaches {where} may ask and open articles; {asked}, and nothing is encrypted.",
            f"It answers to {names}; a client may ask {often}.",
        ]


def decide_access(
    host: str, public: bool = False, names: Sequence[str] = (), password: str | None = None, rate: int | None = None
) -> Access:
    """Access for a server that listens on `host`; `names` are the host names of a public one. `rate` 0 is no
    limit, None the default. Raises DispatchError where others would reach the page and `public` is not said."""
    if is_loopback(host):
        return Access((*LOOPBACK_NAMES, *names), password, rate or None)
    if not public:
        raise DispatchError(f"--host {host} lets other machines reach the page; add --public if that is meant")
    return Access(tuple(names) or ("*",), password, PUBLIC_RATE if rate is None else rate or None, is_public=True)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def read_password(file: Path | None) -> str | None:
    """The password in a file, else in the environment, else None. Raises DispatchError when it is empty, or the
    file cannot be read."""
    try:
        found = os.environ.get(PASSWORD_VARIABLE) if file is None else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DispatchError(f"{file}: the password cannot be read ({type(error).__name__})") from None
    if found is not None and not found.strip():
        raise DispatchError(f"{PASSWORD_VARIABLE if file is None else file}: the password is empty; set one, or none")
    return None if found is None else found.strip()
