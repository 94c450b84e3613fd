"""Two types of one name in the namespace of all: the linker takes one of them, and nobody is told."""

import collections
import pathlib
import re
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
TYPE = re.compile(r"^(?:struct|class|enum class) (\w+)(?: final)?(?: :[^:;]*)?\s*(?:\{|:(?!:))", re.MULTILINE)
NAMESPACE = re.compile(r"^namespace ([\w:]+) \{", re.MULTILINE)


def types_of(text):
    """Types of a header that stand at the left margin, with the namespace around them."""
    namespace = ""
    found = []
    for match in re.finditer(f"{NAMESPACE.pattern}|{TYPE.pattern}", text, re.MULTILINE):
        if match.group(1):
            namespace = match.group(1)
        else:
            found.append(f"{namespace}::{match.group(2)}")
    return found


class OneDefinitionTest(unittest.TestCase):
    def test_every_type_has_a_name_of_its_own(self):
        places = collections.defaultdict(set)
        for header in [*SOURCE.glob("harness/**/*.hpp"), *SOURCE.glob("kernels/**/*.hpp")]:
            for name in types_of(header.read_text()):
                places[name].add(str(header.relative_to(SOURCE)))
        self.assertGreater(len(places), 200, "the pattern finds nothing")
        self.assertEqual({name: sorted(where) for name, where in places.items() if len(where) > 1}, {})

    def test_the_pattern(self):
        text = "namespace a {\nstruct B {\n};\nenum class C : std::uint8_t { kD };\nclass E final : public F {\nstruct G;\n}\n" \
               "namespace a::h {\nstruct B {};\n}\n"
        self.assertEqual(types_of(text), ["a::B", "a::C", "a::E", "a::h::B"])


if __name__ == "__main__":
    unittest.main()
