"""Stands for a real Supabase Auth: `migrate` makes lite's tables, `serve` signs with the key that it was given."""

import http.server
import json
import os
import sys
import time
from urllib.parse import urlsplit

import jwt
import psycopg

from dev.node import auth_schema, read_schema


def address() -> str:
    """Return the database without what only Go's driver understands."""
    return urlsplit(os.environ["DATABASE_URL"])._replace(query="").geturl()


class Auth(http.server.BaseHTTPRequestHandler):
    """Answers /health and /signup, at the root as the real one does."""

    def do_GET(self) -> None:
        self._answer({"path": self.path, "authorization": self.headers.get("Authorization")})

    def do_POST(self) -> None:
        [key] = json.loads(os.environ["GOTRUE_JWT_KEYS"])
        lifetime = int(os.environ["GOTRUE_JWT_EXP"])
        with psycopg.connect(address()) as connection:
            row = connection.execute(
                "insert into users (id, email, email_confirmed_at) values (gen_random_uuid(), 'ada@example.com', now())"
                " returning id::text"
            ).fetchone()
        claims = {"sub": row and row[0], "role": "authenticated", "aud": os.environ["GOTRUE_JWT_AUD"]}
        claims |= {"iss": os.environ["GOTRUE_JWT_ISSUER"], "exp": int(time.time()) + lifetime}
        token = jwt.encode(claims, jwt.PyJWK(key).key, algorithm="ES256", headers={"kid": key["kid"]})
        self._answer({"path": self.path, "access_token": token})

    def _answer(self, body: dict[str, object]) -> None:
        text = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


def main() -> None:
    if sys.argv[1] == "migrate":
        with psycopg.connect(address(), autocommit=True) as connection:
            connection.execute(read_schema(auth_schema()).encode())
    else:
        port = int(os.environ["GOTRUE_API_PORT"])
        http.server.ThreadingHTTPServer((os.environ["GOTRUE_API_HOST"], port), Auth).serve_forever()


if __name__ == "__main__":
    main()
