"""Does what docs/tutorial.md says, with a WordPress that has years of comments, and in the browser what it says of that.

  tutorial.py CHAFFINCH FOLDER SOCKET WORDPRESS
"""

import html
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/support"))

from blog import Blog  # noqa: E402
from pages import Reader  # noqa: E402
from servers import free_port, wait_for  # noqa: E402

# The blog's comments of before, as its moderators left them.
HISTORY = """
require 'wp-load.php';
foreach ( file( $argv[1] ) as $n => $line ) {
	$comment = json_decode( $line, true );
	$date = gmdate( 'Y-m-d H:i:s', 1500000000 + 86400 * $n );
	wp_insert_comment( array(
		'comment_post_ID' => 1, 'comment_date' => $date, 'comment_date_gmt' => $date, 'comment_content' => wp_slash( $comment['content'] ),
		'comment_author' => wp_slash( $comment['author'] ?? 'somebody' ), 'comment_author_email' => "reader$n@mail.example",
		'comment_approved' => 'spam' === $comment['label'] ? 'spam' : 1,
	) );
}
"""


class Tutorial:
    """What a reader of the tutorial does in the browser."""

    def __init__(self, blog):
        self.blog = blog

    def __call__(self, what):
        name, _, rest = what.partition(" ")
        getattr(self, name.replace("-", "_"))(rest)

    def number(self, author):
        return int(self.blog.sql(f"SELECT MAX(comment_ID) FROM wp_comments WHERE comment_author = '{author}'")[0][0])

    def activate(self, _):
        link = self.blog.link("wp-admin/plugins.php", r"plugins\.php\?action=activate[^\"']*akismet[^\"']*")
        status, _, text = self.blog.moderator.open(f"wp-admin/{link}")
        assert status in (200, 302), text[:300]

    def settings(self, _):
        # PHP looks after two seconds at the earliest whether wp-config.php has changed.
        wait_for(lambda: "answers and knows the key" in self.blog.page(), "Settings → Chaffinch says that all is well")

    def status(self, rest):
        author, expected = rest.split(": ")
        came = self.blog.status(self.number(author))
        assert came == expected, f"the comment of {author} is {came}, not {expected}"

    def history(self, author):
        _, _, page = self.blog.moderator.open(f"wp-admin/comment.php?action=editcomment&c={self.number(author)}")
        assert re.search(r"Chaffinch: spam, spam with a probability of ", html.unescape(page)), "the history gives no reasons"

    def not_spam(self, author):
        self.blog.moderate(self.number(author), "unspam", "spam")


def main():
    chaffinch, folder, socket, wordpress = sys.argv[1:]
    folder = Path(folder)
    folder.mkdir()
    blog = Blog(Path(wordpress), folder / "blog", socket, free_port(), database="wordpress", with_plugins=False)
    comments = ROOT / "fixtures/comments/en.jsonl"
    blog.php("-r", HISTORY, str(comments))
    # The reader's clone of the repository, where the server is started.
    clone = folder / "clone"
    clone.mkdir()
    (clone / "integrations").symlink_to(ROOT / "integrations")
    (clone / "bin").mkdir()
    (clone / "bin/chaffinch").symlink_to(Path(chaffinch).resolve())
    # Where the database is.
    (clone / ".my.cnf").write_text(f"[client]\nsocket={socket}\n")
    variables = {"HOME": str(clone), "BLOG": blog.url, "CHAFFINCH": str(clone), "WORDPRESS": str(blog.root)}
    reader = Reader(clone, clone / "bin", Tutorial(blog), variables)
    try:
        reader.read(ROOT / "docs/tutorial.md")
        reader.stop()
    finally:
        reader.close()
        blog.stop()
    print(f"docs/tutorial.md: {reader.commands} commands, WordPress {blog.versions['wordpress']}, Akismet {blog.versions['akismet']}")


if __name__ == "__main__":
    main()
