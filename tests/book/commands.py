"""Does what pages of the documentation say, each in a folder with the examples of exports and what integrations/ holds.

  commands.py FOLDER-OF-CHAFFINCH PAGE...
"""

import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/support"))

from pages import Reader  # noqa: E402


def main():
    path, *pages = sys.argv[1:]
    for page in pages:
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(ROOT / "fixtures/imports", folder, dirs_exist_ok=True)
            shutil.copytree(ROOT / "integrations", Path(folder) / "integrations")
            reader = Reader(folder, Path(path).resolve())
            try:
                reader.read(page)
                reader.stop()
            finally:
                reader.close()
        print(f"{page}: {reader.commands} commands, {time.monotonic() - began:.1f} s", flush=True)


if __name__ == "__main__":
    main()
