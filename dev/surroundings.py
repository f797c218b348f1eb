"""What a child process may see of our environment: nothing that is not listed."""

import os
from collections.abc import Mapping

PASSED_ON = (
    "HOME",
    "LANG",
    "LC_ALL",
    "NODE_EXTRA_CA_CERTS",
    "PATH",
    "REQUESTS_CA_BUNDLE",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "TMPDIR",
    "TZ",
)


def clean(**more: str) -> dict[str, str]:
    """Return the environment of a child, with what it needs besides."""
    return {**_kept(os.environ), **more}


def _kept(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: environ[name] for name in PASSED_ON if name in environ}
