"""What bench.warm asks: two requests of a signed-in person as Lambda hands them over, and the network's answers."""

import json
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from bench.upstream import ADMITTED, MOMENT, PERSON, PROFILE, USER

FAR = 4102444800
SIGNING = ec.generate_private_key(ec.SECP256R1())
JWK = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(SIGNING.public_key())) | {"kid": "bench", "alg": "ES256"}
# As hosted projects issue them.
CLAIMS = {
    "iss": "https://project.example.com/auth/v1",
    "sub": PERSON,
    "aud": "authenticated",
    "exp": FAR,
    "iat": FAR - 900,
    "email": "ada@example.com",
    "phone": "",
    "app_metadata": {"provider": "email", "providers": ["email"]},
    "user_metadata": {"display_name": "Ada"},
    "role": "authenticated",
    "aal": "aal1",
    "amr": [{"method": "password", "timestamp": FAR - 900}],
    "session_id": PERSON,
    "is_anonymous": False,
}
NEW_KEY = {
    "name": "ci",
    "scopes": ["profile:read", "members:read"],
    "orgId": PERSON,
    "expiresAt": MOMENT,
    "idleDays": 90,
    "allowedCidrs": ["203.0.113.0/24"],
    "requestsPerMinute": 60,
    "metadata": {"team": "web"},
}
KEY = {
    "id": PERSON,
    "org_id": PERSON,
    "maker_id": PERSON,
    "name": "ci",
    "lookup": "0123456789ab",
    "scopes": ["profile:read", "members:read"],
    "lineage_id": PERSON,
    "generation": 1,
    "expires_at": MOMENT,
    "idle_days": 90,
    "allowed_cidrs": ["203.0.113.0/24"],
    "requests_per_minute": 60,
    "budget": None,
    "budget_period": None,
    "metadata": {"team": "web"},
    "created_at": MOMENT,
    "last_used_at": None,
    "last_used_ip": None,
    "last_used_agent": None,
    "revoked_at": None,
}
# Every request spends the first two; making a key spends all.
LIMITS = [
    {"name": name, "quantity": quantity, "window": window, "left": quantity - 1, "reset": 1, "wait": 0}
    for name, quantity, window in (("burst", 100, 60), ("free", 100, 3600), ("key-create", 10, 300))
]
SENT = {
    "accept": "application/json",
    "accept-encoding": "gzip, deflate",
    "host": "api.example.com",
    "user-agent": "python-httpx/0.28.1",
    "x-amzn-trace-id": "Root=1-5e66d96f-7491f09xmpl79d18acf3d050",
    "x-forwarded-for": "192.0.2.7",
    "x-forwarded-port": "443",
    "x-forwarded-proto": "https",
}


@dataclass(frozen=True)
class Subject:
    """One request, the handlers that serve it the usual way and ours, and the status it is answered with."""

    what: str
    usual: str
    ours: str
    method: str
    path: str
    status: int
    limits: int
    body: dict[str, Any] | None = None

    def event(self) -> dict[str, Any]:
        """Return the request as API Gateway's payload format 2.0."""
        path = f"/functions/v1{self.path}"
        token = jwt.encode(CLAIMS, SIGNING, algorithm="ES256", headers={"kid": "bench"})
        headers = SENT | {"authorization": f"Bearer {token}"}
        told: dict[str, Any] = {}
        if self.body is not None:
            told["body"] = json.dumps(self.body)
            headers |= {"content-type": "application/json", "content-length": str(len(told["body"]))}
        http = {"method": self.method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.7", "userAgent": "x"}
        return told | {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": "",
            "headers": headers,
            "requestContext": {"domainName": "api.example.com", "http": http, "stage": "$default"},
            "isBase64Encoded": False,
        }

    def answers(self) -> dict[str, Any]:
        """Return what the network says to each call, either way."""
        return {
            "POST /rest/v1/rpc/admit": ADMITTED | {"limits": LIMITS[: self.limits]},
            "GET /auth/v1/.well-known/jwks.json": {"keys": [JWK]},
            "GET /auth/v1/user": USER,
            "GET /rest/v1/profiles": [PROFILE],
            "POST /rest/v1/rpc/create_api_key": KEY | {"pepper_version": 1},
            "POST /rest/v1/api_keys": [KEY],
        }


SUBJECTS = (
    Subject("a person's profile", "bench.usual.profile", "functions.auth.profile", "GET", "/auth/profile", 200, 2),
    Subject(
        *("an API key made", "bench.usual.api_keys", "functions.auth.api_keys", "POST", "/auth/api-keys", 201, 3),
        body=NEW_KEY,
    ),
)
