"""Isso: judges what waits for moderation. What Chaffinch takes for ham is published; the rest goes on waiting, and
what is not worth a look is deleted with ISSO_DELETE=1. What a moderator publishes although it was spam to Chaffinch, it learns.

Isso needs `enabled = true` in its section [moderation]. Run this with the Python that Isso runs in:

  CHAFFINCH_KEY=... ISSO_DATABASE=/var/lib/isso/comments.db ISSO_URL=http://localhost:8080 ISSO_SITE=https://blog.example.com/ \\
      python3 isso.py

Every ISSO_SECONDS (10), or once and no more with `--once`. What it has judged stands in ISSO_DATABASE.chaffinch.
"""

import datetime
import sqlite3
import sys
import time

from chaffinch import Chaffinch, call, setting

# Isso's words for where a comment is.
PUBLISHED, PENDING = 1, 2


def comment_of(row, site):
    author = {"name": row["author"], "email": row["email"], "url": row["website"]}
    return {
        "site": site,
        "content": row["text"],
        "kind": "comment",
        "permalink": site.rstrip("/") + row["uri"],
        "posted_at": datetime.datetime.fromtimestamp(row["created"], datetime.timezone.utc).isoformat(),
        # Isso keeps only a part of the address, which names nobody.
        "author": {name: value for name, value in author.items() if value},
        "context": {"title": row["title"]} if row["title"] else {},
    }


class Isso:
    def __init__(self):
        self.path, self.site = setting("ISSO_DATABASE"), setting("ISSO_SITE")
        self.url = setting("ISSO_URL", "http://localhost:8080").rstrip("/")
        self.deletes = setting("ISSO_DELETE", "0") == "1"
        self.chaffinch = Chaffinch()
        self.judged = sqlite3.connect(f"{self.path}.chaffinch")
        self.judged.execute("CREATE TABLE IF NOT EXISTS judged (comment INTEGER PRIMARY KEY, id TEXT, verdict TEXT, told INTEGER DEFAULT 0)")

    def rows(self, query, *values):
        """Isso's own database is only read."""
        database = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        database.row_factory = sqlite3.Row
        try:
            return database.execute(query, values).fetchall()
        finally:
            database.close()

    def moderate(self, number, action):
        """Does what a link in a mail to the moderator does."""
        from itsdangerous import URLSafeTimedSerializer

        secret = self.rows("SELECT value FROM preferences WHERE key = 'session-key'")[0]["value"]
        call("POST", f"{self.url}/id/{number}/{action}/{URLSafeTimedSerializer(secret).dumps(number)}")

    def judge(self):
        known = {number for number, in self.judged.execute("SELECT comment FROM judged")}
        waiting = "SELECT c.*, t.uri, t.title FROM comments c JOIN threads t ON t.id = c.tid WHERE c.mode = ? ORDER BY c.id"
        for row in self.rows(waiting, PENDING):
            if row["id"] in known:
                continue
            verdict = self.chaffinch.check(comment_of(row, self.site))
            if verdict["action"] == "publish":
                self.moderate(row["id"], "activate")
            elif verdict["action"] == "discard" and self.deletes:
                self.moderate(row["id"], "delete")
            with self.judged:
                self.judged.execute(
                    "INSERT INTO judged (comment, id, verdict) VALUES (?, ?, ?)", (row["id"], verdict["id"], verdict["verdict"])
                )
            print(f"comment {row['id']}: {verdict['verdict']}", flush=True)

    def learn(self):
        """A moderator has published what Chaffinch would not have."""
        held = self.judged.execute("SELECT comment, id FROM judged WHERE verdict <> 'ham' AND NOT told").fetchall()
        for number, verdict in held:
            if self.rows("SELECT 1 FROM comments WHERE id = ? AND mode = ?", number, PUBLISHED):
                self.chaffinch.correct(verdict, "ham")
                with self.judged:
                    self.judged.execute("UPDATE judged SET told = 1 WHERE comment = ?", (number,))
                print(f"comment {number}: published by a moderator", flush=True)


def main():
    isso = Isso()
    while True:
        try:
            isso.learn()
            isso.judge()
        except (OSError, sqlite3.OperationalError) as error:
            # What could not be judged goes on waiting.
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            if "--once" in sys.argv:
                sys.exit(1)
        if "--once" in sys.argv:
            return
        time.sleep(float(setting("ISSO_SECONDS", "10")))


if __name__ == "__main__":
    main()
