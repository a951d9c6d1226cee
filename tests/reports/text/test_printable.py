"""Text from elsewhere on one line, and places in files."""

import os
from pathlib import Path

from gradcheck.reports.text import printable
from gradcheck.spec.binding import Location


def test_control_characters_are_made_visible():
    assert printable.visible("a\x1b[31m\n\u202eb∂") == "a\\x1b[31m\\n\\u202eb∂"
    assert printable.block("C = A B\r\n\tg") == "C = A B\\r\n    g"


def test_places_are_relative_below_the_current_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert printable.place(Location(str(tmp_path / "ops" / "a.py"), 3)) == f"ops{os.sep}a.py:3"
    elsewhere = str(Path(tmp_path.parent, "b.py"))
    assert printable.place(Location(elsewhere, 4)) == f"{elsewhere}:4"
    assert printable.place(Location("<stdin>", 1)) == "<stdin>:1"
