"""A WordPress that runs on PHP's own server, and what a visitor and a moderator do with it."""

import html
import http.cookiejar
import json
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from servers import wait_for

HERE = Path(__file__).parent
PLUGIN = HERE.parent.parent / "integrations/wordpress/chaffinch.php"

CONFIG = """<?php
define( 'DB_NAME', '%(database)s' );
define( 'DB_USER', 'root' );
define( 'DB_PASSWORD', '' );
define( 'DB_HOST', 'localhost:%(socket)s' );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'DB_COLLATE', '' );
define( 'WP_HOME', '%(url)s' );
define( 'WP_SITEURL', '%(url)s' );
define( 'DISABLE_WP_CRON', true );
define( 'AUTOMATIC_UPDATER_DISABLED', true );
define( 'WP_DEBUG', true );
define( 'WP_DEBUG_DISPLAY', false );
define( 'WP_DEBUG_LOG', '%(log)s' );
define( 'AUTH_KEY', 'a' ); define( 'SECURE_AUTH_KEY', 'b' ); define( 'LOGGED_IN_KEY', 'c' ); define( 'NONCE_KEY', 'd' );
define( 'AUTH_SALT', 'e' ); define( 'SECURE_AUTH_SALT', 'f' ); define( 'LOGGED_IN_SALT', 'g' ); define( 'NONCE_SALT', 'h' );
$table_prefix = 'wp_';
defined( 'ABSPATH' ) || define( 'ABSPATH', __DIR__ . '/' );
require_once ABSPATH . 'wp-settings.php';
"""


class Stay(urllib.request.HTTPRedirectHandler):
    """Redirections are for whoever asked to look at."""

    def redirect_request(self, *_):
        return None


class Visitor:
    """Somebody with a browser."""

    def __init__(self, url):
        self.url = url
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), Stay(), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        )
        self.opener.addheaders = [("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0")]

    def open(self, path, fields=None, headers=None):
        """Status, headers and text of a page."""
        url = path if path.startswith("http") else f"{self.url}/{path}"
        data = urllib.parse.urlencode(fields).encode() if fields is not None else None
        request = urllib.request.Request(url, data, headers or {})
        try:
            reply = self.opener.open(request, timeout=120)
        except urllib.error.HTTPError as error:
            reply = error
        with reply:
            return reply.status, reply.headers, reply.read().decode("utf-8", "replace")

    def log_in(self):
        self.open("wp-login.php")
        fields = {"log": "ruth", "pwd": "secret", "wp-submit": "Log In", "testcookie": 1}
        status, headers, _ = self.open("wp-login.php", fields)
        assert status == 302, f"the moderator cannot log in: {status}"
        return self


class Blog:
    """The blog itself."""

    def __init__(self, wordpress, folder, socket, port, database=None, with_plugins=True):
        """Without its plugins Akismet is not activated, and Chaffinch's is not there."""
        self.socket, self.database, self.url = socket, database or f"wordpress_{port}", f"http://127.0.0.1:{port}"
        self.root, self.log = folder / "site", folder / "debug.log"
        self.root.parent.mkdir(parents=True)
        shutil.copytree(wordpress, self.root, symlinks=True)
        values = {"database": self.database, "socket": socket, "url": self.url, "log": self.log}
        (self.root / "wp-config.php").write_text(CONFIG % values)
        (self.root / "wp-content/mu-plugins").mkdir()
        shutil.copy(HERE / "harness.php", self.root / "wp-content/mu-plugins")
        if with_plugins:
            shutil.copy(PLUGIN, self.root / "wp-content/mu-plugins")
        shutil.copy(HERE / "install.php", self.root)
        self.sql(f"CREATE DATABASE {self.database}", database="mysql")
        self.versions = json.loads(self.php("install.php", self.url).splitlines()[-1])
        if not with_plugins:
            self.php("-r", "require 'wp-load.php'; update_option( 'active_plugins', array() );")
        self.server = subprocess.Popen(
            ["php", "-S", f"127.0.0.1:{port}", "-t", self.root],
            env={**os.environ, "PHP_CLI_SERVER_WORKERS": "4"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.visitor = Visitor(self.url)
        wait_for(lambda: self.answers(), "the blog answers")
        self.moderator = Visitor(self.url).log_in()

    def answers(self):
        try:
            return self.visitor.open("")[0] == 200
        except urllib.error.URLError:
            return False

    def stop(self):
        # Its workers are processes of their own.
        os.killpg(self.server.pid, 15)
        self.server.wait()

    def php(self, *arguments):
        done = subprocess.run(["php", *arguments], cwd=self.root, capture_output=True, text=True)
        log = self.log.read_text() if self.log.exists() else ""
        assert done.returncode == 0, f"php {arguments}: {done.stdout[:200]} {done.stderr} {log}"
        return done.stdout

    def sql(self, query, database=None):
        """Rows of a query, as lists of strings."""
        command = ["mariadb", "--socket", self.socket, "-NB", database or self.database, "-e", query]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, f"{query}: {done.stderr}"
        return [line.split("\t") for line in done.stdout.splitlines()]

    # -- comments

    def newest(self):
        return int(self.sql("SELECT COALESCE(MAX(comment_ID), 0) FROM wp_comments")[0][0])

    def comment(self, comment, who=None):
        """Sends a comment by the form; its number, or none if it was not stored."""
        before = self.newest()
        fields = {
            "author": comment["author"],
            "email": comment["email"],
            "url": "",
            "comment": comment["content"],
            "comment_post_ID": 1,
            "comment_parent": 0,
        }
        status, _, text = (who or self.visitor).open("wp-comments-post.php", fields)
        assert status == 302, f"the comment was refused: {status} {text[:500]}"
        after = self.newest()
        return after if after > before else None

    def status(self, number):
        """Where a comment is: published, held, spam, or the database's own word."""
        if number is None:
            return "not stored"
        rows = self.sql(f"SELECT comment_approved FROM wp_comments WHERE comment_ID = {number}")
        return {"1": "published", "0": "held"}.get(rows[0][0], rows[0][0])

    def meta(self, number, name):
        rows = self.sql(f"SELECT meta_value FROM wp_commentmeta WHERE comment_ID = {number or 0} AND meta_key = '{name}'")
        return rows[-1][0] if rows else None

    def link(self, page, pattern):
        """Where a link on a page of the moderator leads."""
        _, _, text = self.moderator.open(page)
        found = re.search(pattern, text)
        assert found, f"{page} has no {pattern}"
        return html.unescape(found[0])

    def moderate(self, number, action, listing="all"):
        """What happens if the moderator clicks one of the links below a comment."""
        pattern = rf"comment\.php\?[^\"']*c={number}&[^\"']*action={action}comment[^\"']*|comment\.php\?[^\"']*action={action}comment[^\"']*c={number}&[^\"']*"
        path = self.link(f"wp-admin/edit-comments.php?comment_status={listing}", pattern)
        status, _, text = self.moderator.open(f"wp-admin/{path}")
        assert status == 302, f"{path}: {status} {text[:300]}"

    # -- settings

    def settings(self, page, mark, fields):
        """Sends a form of the moderator's with its hidden fields; `mark` stands in it."""
        _, _, text = self.moderator.open(page)
        form = next((form for form in re.findall(r"<form.*?</form>", text, re.S) if mark in form), None)
        assert form, f"{page} has no form with {mark}: {text[-3000:]}"
        hidden = {}
        for tag in re.findall(r"<input[^>]*type=[\"']hidden[\"'][^>]*>", form):
            pairs = dict(re.findall(r"(name|value)=[\"']([^\"']*)[\"']", tag))
            hidden[pairs["name"]] = html.unescape(pairs.get("value", ""))
        action = re.search(r"<form[^>]*action=[\"']([^\"']*)[\"']", form)[1]
        action = urllib.parse.urljoin(f"{self.url}/{page}", html.unescape(action))
        status, headers, text = self.moderator.open(action, {**hidden, **fields})
        assert status in (200, 302), f"{page}: {status} {text[:500]}"
        return text

    def use(self, address, key=None):
        """Sets the address of Chaffinch, and the key, on its page."""
        fields = {"chaffinch_url": address, "chaffinch_key": key if key is not None else self.option("chaffinch_key")}
        self.settings("wp-admin/options-general.php?page=chaffinch", "chaffinch_url", fields)

    def option(self, name):
        rows = self.sql(f"SELECT option_value FROM wp_options WHERE option_name = '{name}'")
        return rows[0][0] if rows and rows[0] else ""

    def set_option(self, name, value):
        self.sql(f"REPLACE INTO wp_options (option_name, option_value) VALUES ('{name}', '{value}')")

    def page(self):
        """The moderator's page of Chaffinch."""
        return self.moderator.open("wp-admin/options-general.php?page=chaffinch")[2]

    def recheck(self):
        """What the plugin does twenty minutes after a check that failed."""
        self.php("-r", "require 'wp-load.php'; do_action( 'akismet_schedule_cron_recheck' );")
