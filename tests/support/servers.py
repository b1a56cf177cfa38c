"""What tests of integrations share: the real Chaffinch, a server that says whatever it is told to, and a table."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = "testkey12345"
TOKEN = "admin-token-of-the-tests"
GUID = ("X-akismet-guid", "0123456789abcdef0123456789abcdef")


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Chaffinch:
    """The binary, on a data folder of its own, at a port that is free unless one is named."""

    def __init__(self, binary, folder, port=None, *settings):
        self.binary, self.folder, self.settings = binary, folder, settings
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("CHAFFINCH_")}
        self.process = subprocess.Popen(
            [self.binary, "serve", "--listen", f"127.0.0.1:{self.port}", "--data", self.folder / "data",
             "--callback-networks", "127.0.0.0/8", *self.settings],
            cwd=self.folder,
            env={**clean, "CHAFFINCH_SITE_KEY": KEY, "CHAFFINCH_ADMIN_TOKEN": TOKEN},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for line in self.process.stdout:
            if " listens on " in line:
                return
        raise AssertionError("Chaffinch does not start")

    def stop(self):
        self.process.terminate()
        self.process.wait()

    def run(self, *arguments):
        """What a command says about the data folder in JSON, while the server is stopped."""
        command = [self.binary, *arguments, "--data", self.folder / "data"]
        clean = {name: value for name, value in os.environ.items() if not name.startswith("CHAFFINCH_")}
        done = subprocess.run(command, cwd=self.folder, env=clean, capture_output=True, text=True)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        return json.loads(done.stdout)

    def pause(self):
        """Accepts connections but answers none."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def call(self, method, path, body=None, token=TOKEN):
        request = urllib.request.Request(
            self.url + path,
            json.dumps(body).encode() if body is not None else None,
            {"Authorization": f"Bearer {token}"},
            method=method,
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=60) as reply:
            return json.loads(reply.read() or b"null")


class Scripted:
    """Answers every comment-check with the same status, headers and body; any key is good."""

    def __init__(self):
        self.reply = (200, [GUID], "false")
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                check = self.path == "/1.1/comment-check"
                status, headers, body = scripted.reply if check else (200, [], "valid")
                self.send_response(status)
                for name, value in [*headers, ("Content-Length", str(len(body)))]:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()


class Table:
    """The lines, printed as they come about."""

    def __init__(self):
        self.good = self.bad = 0

    def head(self, title):
        print(f"\n{title}", flush=True)

    def line(self, what, came, expected):
        is_good = came == expected
        self.good, self.bad = self.good + is_good, self.bad + (not is_good)
        print(f"  {what:<66} {came}{'' if is_good else f'   SHOULD BE {expected}'}", flush=True)

    def end(self):
        print(f"\n{self.good} as they should be, {self.bad} not", flush=True)
        sys.exit(1 if self.bad else 0)


def wait_for(condition, what, seconds=60):
    """Waits until something is so."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {seconds} s")
