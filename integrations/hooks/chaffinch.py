"""What the hooks beside this file have in common: asking Chaffinch, and being called by others.

CHAFFINCH_URL and CHAFFINCH_KEY say where Chaffinch is and what the site key is.
"""

import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Longest body that a caller may send, in bytes.
LONGEST = 4 << 20
# Seconds that another server may take to answer.
PATIENCE = 20


class Refused(Exception):
    """What a caller sent is not taken; the status tells why."""

    def __init__(self, status, why):
        super().__init__(why)
        self.status = status


def setting(name, default=None):
    """An environment variable."""
    value = os.environ.get(name, default)
    if value is None:
        sys.exit(f"set {name}")
    return value


def call(method, url, body=None, headers=None):
    """Makes a call with JSON and gives what came back: JSON, or else text. Raises OSError where that went wrong."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json", **(headers or {})}, method=method)
    with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
        text = reply.read().decode("utf-8", "replace")
    try:
        return json.loads(text)
    except ValueError:
        return text


class Chaffinch:
    """Chaffinch's own API: see /docs on the server."""

    def __init__(self):
        self.url = setting("CHAFFINCH_URL", "http://127.0.0.1:8181").rstrip("/")
        self.headers = {"Authorization": f"Bearer {setting('CHAFFINCH_KEY')}"}

    def check(self, comment):
        return call("POST", f"{self.url}/v1/check", comment, self.headers)

    def correct(self, what, label):
        """`what` is the id of a verdict, or a comment."""
        which = {"id": what} if isinstance(what, str) else {"comment": what}
        return call("POST", f"{self.url}/v1/corrections", {**which, "label": label}, self.headers)


def in_words(verdict):
    """A verdict in a line."""
    reasons = ", ".join(reason["detail"] for reason in verdict["reasons"][:4])
    return f"{verdict['verdict']}, {100 * verdict['probability']:.1f} % spam: {reasons}"


def serve(react):
    """Answers POSTs at LISTEN with what `react(headers, body)` says, for ever."""
    host, _, port = setting("LISTEN", "127.0.0.1:8282").rpartition(":")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            try:
                length = int(self.headers.get("Content-Length") or 0)
                if length > LONGEST:
                    raise Refused(413, "the body is too long")
                status, said = 200, react(self.headers, self.rfile.read(length))
            except Refused as why:
                status, said = why.status, str(why)
            except (OSError, ValueError, KeyError, TypeError, AttributeError, ImportError) as error:
                # Whoever calls may call again.
                print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
                status, said = 502, "could not be done"
            body = said.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            # Lines of requests are of no use, and may hold a secret.
            pass

    server = ThreadingHTTPServer((host, int(port)), Handler)
    print(f"listens on http://{host}:{server.server_port}", flush=True)
    server.serve_forever()
