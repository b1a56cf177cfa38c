"""Does what a page of the documentation says, in one shell as a reader would, and compares what is printed.

In blocks marked `console` a line that begins with `$ ` is a command, and one with `> ` continues it. Other lines are what the command
prints, where `…` stands for anything; of a command without such lines only that it succeeds is asked. `chaffinch serve` runs on, and
from then on URL, KEY and TOKEN are its address and the secrets of its first start; a key that is made then becomes KEY. Readers do not see

    <!-- serve -->        a server, started as if the page said so
    <!-- stop -->         what Ctrl-C does to it
    <!-- do WORDS -->     something that only a test can do, by whoever runs the page
"""

import os
import re
import signal
import subprocess
import urllib.request
from pathlib import Path

from servers import wait_for

ADDRESS = "http://127.0.0.1:8181"
DONE = "---done---"


def steps(page):
    """The steps of a page: line, kind (`command` or a mark) and text, and what a command prints."""
    found, in_block = [], False
    for number, line in enumerate(page.splitlines(), 1):
        mark = re.fullmatch(r"<!-- (serve|stop|do)\b ?(.*?) ?-->", line)
        if line.startswith("```"):
            in_block = line == "```console"
        elif mark:
            found.append([number, mark[1], mark[2], []])
        elif in_block and line.startswith("$ "):
            found.append([number, "command", line[2:], []])
        elif in_block and line.startswith("> ") and not found[-1][3]:
            found[-1][2] += "\n" + line[2:]
        elif in_block:
            found[-1][3].append(line)
    return found


def matches(expected, printed):
    """Whether this was printed, `…` standing for the rest of a line or, alone on one, for lines."""
    lines = "\n".join(expected).strip().split("\n")
    pattern = "\n".join("(?s:.*)" if line == "…" else re.escape(line).replace("…", ".*") for line in lines)
    return re.fullmatch(pattern, printed.strip()) is not None


class Reader:
    """Somebody who does what a page says, in a folder of their own."""

    def __init__(self, folder, path, do=None, variables=None):
        self.folder, self.do, self.server, self.commands = Path(folder), do, None, 0
        clean = {name: value for name, value in os.environ.items() if not name.startswith("CHAFFINCH_")}
        self.environment = {**clean, "PATH": f"{path}:{os.environ['PATH']}:/usr/sbin", **(variables or {})}
        self.shell = subprocess.Popen(
            ["bash"], cwd=folder, env=self.environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    def run(self, command):
        """Has the shell do it; its status and what it printed."""
        script = self.folder / ".command"
        script.write_text(command)
        self.shell.stdin.write(f'eval "$(cat {script})" </dev/null; printf "\\n{DONE} %d\\n" $?\n')
        self.shell.stdin.flush()
        printed = []
        for line in self.shell.stdout:
            if line.startswith(DONE):
                return int(line.split()[1]), "".join(printed)
            printed.append(line)
        raise AssertionError("the shell is gone")

    def start(self, command):
        """Starts the server of a command; what it says first."""
        said, log = self.folder / ".said", self.folder / ".log"
        exports = self.run("export -p")[1]
        started = f"{exports}\ncd '{self.run('pwd')[1].strip()}'\nexec {command}"
        with said.open("w") as out, log.open("a") as errors:
            self.server = subprocess.Popen(["bash", "-c", started], env=self.environment, stdin=subprocess.DEVNULL, stdout=out, stderr=errors)
        wait_for(lambda: self.is_ready(said, command, log), f"{command} gets ready")
        greeting = said.read_text()
        for name, pattern in [("KEY", r"site key +(\S+)"), ("TOKEN", r"admin token +(\S+)")]:
            if secret := re.search(pattern, greeting):
                self.run(f"export {name}={secret[1]}")
        self.run(f"export URL={ADDRESS}")
        return greeting

    def is_ready(self, said, command, log):
        assert self.server.poll() is None, f"{command}: {said.read_text()} {log.read_text()}"
        try:
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{ADDRESS}/readyz", timeout=10)
        except OSError:
            return False
        return " listens on " in said.read_text()

    def stop(self):
        if self.server:
            self.server.send_signal(signal.SIGINT)
            assert self.server.wait() == 0, f"the server ended with {self.server.returncode}"
            self.server = None

    def step(self, kind, text, expected):
        if kind == "stop":
            return self.stop()
        if kind == "serve":
            return self.start(f"chaffinch serve {text}")
        if kind == "do":
            return self.do(text)
        self.commands += 1
        runs_on = re.match(r"chaffinch serve\b(?!.*(--print-config|--check-health))", text)
        status, printed = (0, self.start(text)) if runs_on else self.run(text)
        assert status == 0, f"ended with {status}: {printed}"
        if secret := re.search(r"^secret +(\S+)", printed, re.M):
            self.run(f"export KEY={secret[1]}")
        assert not expected or matches(expected, printed), f"printed\n{printed}"

    def read(self, page):
        """Does all of it."""
        for number, kind, text, printed in steps(Path(page).read_text()):
            try:
                self.step(kind, text, printed)
            except AssertionError as error:
                raise SystemExit(f"{page}:{number}: {text}\n{error}") from None

    def close(self):
        self.shell.kill()
        self.shell.wait()
        if self.server:
            self.server.kill()
            self.server.wait()
