"""Prints the tests that ctest skipped, each with the reason it gave.

usage: skipped_tests.py JUNIT_XML    (what `ctest --output-junit` wrote)
"""

import collections
import re
import sys
import xml.etree.ElementTree as ElementTree


def reason_of(output):
    """GoogleTest prints `file:line: Skipped` and then the reason; other tests end with `skipped: reason`."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for line, following in zip(lines, lines[1:]):
        if line.endswith(": Skipped"):
            return following
    return re.sub(r".*\bskipped: ", "", lines[-1]) if lines else "no reason given"


def skipped(path):
    """Names of the skipped tests by reason."""
    tests = collections.defaultdict(list)
    for case in ElementTree.parse(path).iter("testcase"):
        if case.find("skipped") is not None:
            tests[reason_of(case.findtext("system-out", ""))].append(case.get("name"))
    return tests


def main():
    for reason, names in sorted(skipped(sys.argv[1]).items()):
        print(f"\nSkipped, {reason}:")
        for name in names:
            print(f"  {name}")


if __name__ == "__main__":
    main()
