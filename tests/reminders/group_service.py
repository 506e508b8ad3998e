"""A chat service on this machine, over https with an authority of its own: it answers as the test wants."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import ssl
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

TAKEN = b'{"errcode":0,"errmsg":"ok"}'


@dataclass
class Heard:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Service:
    """``status`` and ``answer`` are what it says; ``manner`` how: prompt, hangs, drips, hangs_up."""

    port: int = 0
    authority: str = ""
    status: int = 200
    answer: bytes = TAKEN
    manner: str = "prompt"
    location: str = ""
    heard: list[Heard] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    def address(self, path: str = "/hook?key=0123456789secret") -> str:
        return f"https://{self.place}{path}"

    def says(self, code: int) -> None:
        self.answer = json.dumps({"errcode": code, "errmsg": "what the service says"}).encode()


def _certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for this machine that signs itself; gives its file and that of its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hall test")])
    begins = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + dt.timedelta(days=30))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("robots.hall.test")]
            ),
            False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "service.pem", folder / "service.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, secret


def started(folder: Path) -> tuple[Service, ThreadingHTTPServer]:
    certificate, secret = _certificate(folder)
    service = Service(authority=str(certificate))

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.heard.append(Heard(self.path, dict(self.headers.items()), body))
            if service.manner == "hangs":
                service.released.wait(60)
                return
            if service.manner == "hangs_up":
                self.close_connection = True
                return
            self.send_response(service.status)
            if service.location:
                self.send_header("Location", service.location)
            self.send_header("Content-Length", str(len(service.answer)))
            self.end_headers()
            if service.manner == "drips":
                for byte in service.answer:
                    if service.released.is_set():
                        return
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(0.3)
                return
            self.wfile.write(service.answer)

        do_GET = do_POST

        def log_message(self, *args: object) -> None:
            """Nothing on the console of the tests."""

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, *args: object) -> None:
            """Who hangs up in the middle, as the tests do, is no news."""

    server = Quiet(("127.0.0.1", 0), Answer)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, secret)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    service.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return service, server
