"""A file includes only from its own floor or from those below it, and no two rooms of a floor include each other."""

import graphlib
import pathlib
import re
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
# Lowest first; measure and history stand on one floor and do not know each other.
FLOORS = [["harness/base"], ["harness/device"], ["kernels"], ["harness/config"], ["harness/plan"], ["harness/record"],
          ["harness/measure", "harness/history"], ["harness/analyze"], ["harness/answer"], ["harness/render"],
          ["harness/cli"]]
HEIGHT = {folder: height for height, floor in enumerate(FLOORS) for folder in floor}
INCLUDE = re.compile(r'^#include "((?:harness|kernels)/[^"]+)"', re.MULTILINE)


def floor_of(path):
    return path.split("/")[0] if path.startswith("kernels/") else "/".join(path.split("/")[:2])


def includes():
    for file in sorted([*SOURCE.glob("harness/**/*"), *SOURCE.glob("kernels/**/*")]):
        if file.suffix in (".hpp", ".cpp", ".cu", ".in"):
            for target in INCLUDE.findall(file.read_text()):
                yield str(file.relative_to(SOURCE)), target


class FloorsTest(unittest.TestCase):
    def test_no_include_runs_upwards(self):
        edges = list(includes())
        self.assertGreater(len(edges), 1000, "the pattern finds nothing")
        upwards = [f"{file} includes {target}" for file, target in edges if floor_of(file) != floor_of(target)
                   and HEIGHT[floor_of(file)] <= HEIGHT[floor_of(target)]]
        self.assertEqual(upwards, [])

    def test_rooms_have_an_order(self):
        rooms = {}
        for file, target in includes():
            room, other = pathlib.PurePath(file).parent, pathlib.PurePath(target).parent
            if room != other:
                rooms.setdefault(room, set()).add(other)
        try:
            graphlib.TopologicalSorter(rooms).prepare()
        except graphlib.CycleError as error:
            self.fail("rooms include each other: " + " -> ".join(map(str, error.args[1])))


if __name__ == "__main__":
    unittest.main()
