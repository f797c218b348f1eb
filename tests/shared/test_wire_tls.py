"""The wire over TLS, with a certificate of our own making."""

import datetime as dt
import ipaddress
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from shared import wire
from shared.errors import Unavailable
from shared.wire import Wire
from tests.shared.upstream import Upstream


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "both.pem"
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def secure(certificate: Path) -> Iterator[Upstream]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server = Upstream(context)
    wire._context.cache_clear()  # noqa: SLF001 - the context is made once per process
    yield server
    server.close()
    wire._context.cache_clear()  # noqa: SLF001


def test_a_trusted_server_is_asked_over_one_kept_connection(
    secure: Upstream, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    to = Wire(secure.url)
    assert [to.send("POST", "/", {}, b"{}").status for _ in range(3)] == [200] * 3
    assert secure.connections == 1
    secure.hang_up()
    assert to.send("GET", "/", {}).status == 200
    to.close()


def test_an_unknown_certificate_is_not_trusted(secure: Upstream) -> None:
    with pytest.raises(Unavailable):
        Wire(secure.url).send("GET", "/", {})
    assert secure.asked == []
