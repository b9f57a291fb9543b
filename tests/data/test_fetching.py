"""Tables from the web and from an object store, each a server of this very process; no secret is ever repeated."""

import base64
import hashlib
import http.server
import threading
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from reportgen.config import ReadingConfig
from reportgen.data.formats import origin
from reportgen.data.source import read
from reportgen.errors import DataError
from reportgen.naming import dataset_identity, dataset_name, shown
from tests.hostile.files import SHAPE, TEXT, arrow, parquet

FILES = {"/t.csv": TEXT, "/deep/sales.parquet": parquet(arrow())}
LOGIN = "Basic " + base64.b64encode(b"audit:se@cret").decode()


class Web(http.server.BaseHTTPRequestHandler):
    """A few files; /locked asks for a name and a password, /torn breaks off, /moved leads on, /page is none."""

    def log_message(self, *words: object) -> None:
        pass

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/moved":
            return self._say(302, b"", Location="/t.csv")
        if path.startswith("/locked"):
            allowed = self.headers.get("Authorization") == LOGIN
            return self._say(200, TEXT) if allowed else self._say(401, b"", **{"WWW-Authenticate": "Basic"})
        if path == "/torn":
            return self._say(200, TEXT[:50], length=len(TEXT))
        if path == "/page":
            return self._say(200, b"<html>please log in</html>")
        return self._say(200, FILES[path]) if path in FILES else self._say(404, b"")

    def _say(self, status: int, body: bytes, length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)


class Store(Web):
    """As much of S3 as pyarrow needs to open one object: HEAD, and GET of a range; one bucket, "tables"."""

    protocol_version = "HTTP/1.1"
    seen: list[str] = []

    def do_HEAD(self) -> None:
        self._object(body=False)

    def do_GET(self) -> None:
        self._object(body=True)

    def _object(self, body: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        self.seen.append(self.headers.get("Authorization", ""))
        content = FILES.get(path.removeprefix("/tables"))
        if content is None:
            text = b"<Error><Code>NoSuchKey</Code></Error>" if body else b""
            self._say(404, text)
            return
        asked = self.headers.get("Range")
        first, last = (int(n) for n in asked.removeprefix("bytes=").split("-")) if asked else (0, len(content) - 1)
        piece = content[first : last + 1]
        self.send_response(206 if asked else 200)
        self.send_header("Content-Length", str(len(piece)))
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("ETag", f'"{hashlib.md5(content).hexdigest()}"')
        self.send_header("Last-Modified", formatdate(0, usegmt=True))
        self.send_header("Connection", "close")
        if asked:
            self.send_header("Content-Range", f"bytes {first}-{first + len(piece) - 1}/{len(content)}")
        self.end_headers()
        if body:
            self.wfile.write(piece)


def served(handler: type[http.server.BaseHTTPRequestHandler]) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def web() -> Iterator[str]:
    yield from served(Web)


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    yield from served(Store)


def test_a_table_is_fetched_and_hashed_as_it_is(web: str) -> None:
    raw = read(f"http://{web}/t.csv?day=1#top")
    assert (raw.name, raw.frame.shape) == ("t", SHAPE)
    assert raw.sha256 == hashlib.sha256(TEXT).hexdigest()
    assert read(f"http://{web}/moved").frame.shape == SHAPE
    assert (read(f"http://{web}/deep/sales.parquet").name) == "sales"


def test_a_password_is_sent_and_not_said(web: str, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = read(f"http://audit:se%40cret@{web}/locked.csv?token=abc123")
    assert raw.frame.shape == SHAPE
    assert raw.source == f"http://audit:***@{web}/locked.csv?token=***"
    monkeypatch.setenv("TILL", "se@cret")
    assert read(f"http://audit:${{TILL}}@{web}/locked.csv").source == f"http://audit:${{TILL}}@{web}/locked.csv"
    with pytest.raises(DataError, match=r"answers 401 Unauthorized; check the name and password") as caught:
        read(f"http://audit:wr0ng@{web}/locked.csv")
    assert "wr0ng" not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "words"),
    [("/none.csv", "answers 404 Not Found; check the address"), ("/page", "is a web page and not a table"),
     ("/torn", "broke off after 50 of ")],
)  # fmt: skip
def test_what_is_no_table_is_one_sentence(web: str, path: str, words: str) -> None:
    with pytest.raises(DataError, match=words):
        read(f"http://{web}{path}")


def test_a_host_that_does_not_answer(web: str) -> None:
    with pytest.raises(DataError, match=r"cannot be fetched: Connection refused"):
        read("http://127.0.0.1:9/t.csv")


def test_a_large_file_waits_on_the_disk(web: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(origin, "IN_MEMORY", 100)
    assert read(f"http://{web}/t.csv").frame.shape == SHAPE


def test_an_object_of_a_store(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "auditor")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    where = f"?endpoint_override={store}&scheme=http&region=eu-central-1"
    raw = read(f"s3://tables/deep/sales.parquet{where}")
    assert (raw.name, raw.frame.shape) == ("sales", SHAPE)
    assert raw.sha256 == hashlib.sha256(FILES["/deep/sales.parquet"]).hexdigest()
    assert any("Credential=auditor/" in seen for seen in Store.seen)
    with pytest.raises(DataError, match=r"there is no s3://tables/none\.csv"):
        read(f"s3://tables/none.csv{where}")
    said = read(f"s3://me:whisper@tables/t.csv{where}").source
    assert said.startswith("s3://me:***@tables/t.csv")
    assert any("Credential=me/" in seen for seen in Store.seen)


SECRETS = {
    "postgresql://u:p@h/d": "postgresql://u:***@h/d",
    "postgresql+psycopg://u:p/q@r@h/d": "postgresql+psycopg://u:***@h/d",
    "postgresql://u:${PW}@h/d": "postgresql://u:${PW}@h/d",
    "mysql://h/d?user=u&password=p&x=1": "mysql://h/d?user=u&password=***&x=1",
    "https://h/t.csv?X-Amz-Signature=abc&v=2": "https://h/t.csv?X-Amz-Signature=***&v=2",
    "https://h:8080/@scope/t.csv": "https://h:8080/@scope/t.csv",
    "connect to postgresql://u:p@h/d failed": "connect to postgresql://u:***@h/d failed",
    "plain/t.csv": "plain/t.csv",
}


@pytest.mark.parametrize("source", SECRETS)
def test_a_secret_is_never_shown(source: str) -> None:
    assert shown(source) == SECRETS[source]
    assert shown(shown(source)) == SECRETS[source]


def test_names_and_identities(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP", "postgresql://u:p@h/warehouse")
    assert dataset_name("postgresql://u:p@h/shop") == "shop"
    assert dataset_name("${SHOP}") == "warehouse"
    assert dataset_name("${SHOP}", "sales") == "sales"
    assert dataset_name("https://h/a%20b.csv.gz?x=/c.csv") == "a b"
    assert dataset_name(f"{tmp_path}/day-*.parquet") == tmp_path.name
    assert dataset_identity("postgresql://u:p@h/shop", "sales") == "postgresql://u:***@h/shop#sales"


def test_a_part_that_a_file_has_not_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(TEXT)
    with pytest.raises(DataError, match=r"t\.csv is csv and not a workbook; leave --sheet out"):
        read(tmp_path / "t.csv", ReadingConfig(sheet="Data"))


@pytest.mark.slow
def test_no_file_of_a_report_holds_the_password(web: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from reportgen.api import publish
    from reportgen.config import Config
    from reportgen.progress import Stopwatch

    source = f"http://audit:se%40cret@{web}/locked.csv"
    monkeypatch.setattr(sys, "argv", ["reportgen", "run", source])
    config = Config(budget="quick", format=("html", "json", "md", "junit", "sarif"))
    published = publish(source, config, tmp_path / "out", None, Stopwatch(lambda step: None))
    assert "cret" not in published.summary
    texts = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert len(texts) >= 8
    assert [name for name, text in texts.items() if b"cret" in text] == []
    assert f"http://audit:***@{web}/locked.csv".encode() in texts["manifest.json"]


def test_a_test_file_with_a_password_is_refused() -> None:
    from reportgen.config import load_config
    from reportgen.errors import ConfigError

    with pytest.raises(ConfigError, match=r"http://u:\*\*\*@h/t\.csv holds a secret") as caught:
        load_config(None, {"test": "http://u:hush@h/t.csv"})
    assert "hush" not in str(caught.value)
