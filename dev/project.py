"""What supabase/config.toml says: one configuration for hosted, the Supabase CLI and the embedded stack."""

import os
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from dev import configfile
from dev.packages import CHECKOUT

SUPABASE = CHECKOUT / "supabase"
SITE_URL = "http://127.0.0.1:3000"
PASSWORDS = {
    "letters_digits": ["abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"],
    "lower_upper_letters_digits": ["abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"],
}
PASSWORDS["lower_upper_letters_digits_symbols"] = [
    *PASSWORDS["lower_upper_letters_digits"],
    "!@#$%^&*()_+-=[]{};'\\:\"|<>?,./`~",
]


# Next.js and Vite, by the two names of this machine.
DEVELOPED_AT = [f"http://{host}:{port}" for host in ("localhost", "127.0.0.1") for port in (3000, 5173)]


@dataclass(frozen=True)
class Project:
    """The parts of config.toml that the embedded stack can follow."""

    schemas: list[str] = field(default_factory=lambda: ["public"])
    search_path: list[str] = field(default_factory=lambda: ["public", "extensions"])
    max_rows: int = 1000
    auth: dict[str, Any] = field(default_factory=dict)

    @property
    def site_url(self) -> str:
        """Where people are sent back to; the usual local address while the variable it comes from is not set."""
        url = self.auth.get("site_url")
        return SITE_URL if not url or configfile.is_reference(url) else str(url)

    @property
    def redirects(self) -> list[str]:
        """Where else people may be sent back to."""
        return [url for url in self.auth.get("additional_redirect_urls", []) if not configfile.is_reference(url)]

    @property
    def confirms_by_mail(self) -> bool:
        """Whether an address must be confirmed, as config.toml says: here only where MAINSTAY_CONFIRM=true asks for it.

        A sign-up that ends in a session is worth more to who tries things than a mail in the mailbox.
        """
        asked = os.environ.get("MAINSTAY_CONFIRM") == "true"
        return asked and bool(self.auth.get("email", {}).get("enable_confirmations", False))

    @property
    def token_seconds(self) -> int:
        """How long an access token holds."""
        return int(self.auth.get("jwt_expiry", 900))

    @property
    def password_length(self) -> int:
        """The shortest password that is accepted."""
        return int(self.auth.get("minimum_password_length", 8))

    @property
    def password_characters(self) -> list[str]:
        """Sets of which a password must contain one character each."""
        return PASSWORDS.get(self.auth.get("password_requirements", ""), [])

    @property
    def origins(self) -> list[str]:
        """The web origins that the functions admit: ALLOWED_ORIGINS, or where web applications are developed."""
        if named := os.environ.get("ALLOWED_ORIGINS"):
            return named.split(",")
        urls = [urlsplit(url) for url in (self.site_url, *self.redirects, *DEVELOPED_AT)]
        return sorted({f"{url.scheme}://{url.netloc}" for url in urls if url.netloc and "*" not in url.netloc})

    @property
    def hooks(self) -> dict[str, str]:
        """The hooks that are enabled, name to address."""
        hooks = self.auth.get("hook", {})
        return {name: hook["uri"] for name, hook in hooks.items() if hook.get("enabled") is True and hook.get("uri")}


def read() -> Project:
    """Read config.toml and its overlay, or take the defaults where there is none."""
    config = configfile.read(SUPABASE)
    api = config.get("api", {})
    return Project(
        schemas=api.get("schemas", ["public"]),
        search_path=api.get("extra_search_path", ["public", "extensions"]),
        max_rows=api.get("max_rows", 1000),
        auth=config.get("auth", {}),
    )
