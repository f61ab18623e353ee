"""A clean content folder for every test that plants a fault."""

from pathlib import Path

import pytest

from tests.bank.items import Content, filled


@pytest.fixture
def content(tmp_path: Path) -> Content:
    return filled(tmp_path / "content")
