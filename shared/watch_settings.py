"""The settings of whoever watches. Part of shared.config.Settings, and read there."""

from dataclasses import dataclass
from typing import Annotated

from shared.values import Secret, Variable, read_flag, read_text

SHORTEST_TOKEN = 32


def _token(value: str) -> Secret:
    if value and len(read_text(value)) < SHORTEST_TOKEN:
        raise ValueError(f"needs {SHORTEST_TOKEN} letters or more, drawn at random")
    return Secret(value)


@dataclass(frozen=True, kw_only=True)
class WatchSettings:
    """Who may look deeper than health, and where else numbers go."""

    metrics_token: Annotated[
        Secret,
        Variable(
            "METRICS_TOKEN",
            _token,
            "Secret. What a scraper sends as Authorization: Bearer to metrics and deep health; without it, staff only.",
            "",
        ),
    ]
    emf_namespace: Annotated[
        str,
        Variable(
            "EMF_NAMESPACE", read_text, "A namespace of CloudWatch: makes metrics of the log's request lines.", ""
        ),
    ]
    commit: Annotated[str, Variable("COMMIT", read_text, "The commit that runs, shown by health.", "unknown")]
    lambda_farewell: Annotated[
        bool,
        Variable(
            "LAMBDA_FAREWELL",
            read_flag,
            "true, on Lambda with Python 3.12 or newer: asks to be told of the end, to send counts that are left.",
            "false",
        ),
    ]
