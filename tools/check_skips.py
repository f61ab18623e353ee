"""Fails when a test run left out what only this machine can test: `python tools/check_skips.py report.xml`.

Skipping is right on a laptop without PostgreSQL or Chromium; in CI it would hide that a whole suite no longer runs.
"""

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

MUST_RUN = re.compile(
    r"platform|discord|slack|postgres|database|browser|chromium|playwright|contract|schema|bubblewrap|wasi",
    re.IGNORECASE,
)


def check(report: Path) -> list[str]:
    """Return one line per complaint about a JUnit report, none when the run was whole."""
    cases = list(ElementTree.parse(report).iter("testcase"))
    skips = [
        (f"{case.get('classname')}::{case.get('name')}", skipped.get("message", ""))
        for case in cases
        if (skipped := case.find("skipped")) is not None and skipped.get("type") != "pytest.xfail"
    ]
    if len(cases) == len(skips):
        return ["no test ran"]
    return [f"skipped: {test}: {reason}" for test, reason in skips if MUST_RUN.search(f"{test} {reason}")]


def main() -> int:
    complaints = check(Path(sys.argv[1]))
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
