"""scripts/python/gpugauge: result files as tables."""

import gzip
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
if "--installed" in sys.argv:  # of a wheel, as scripts/try_package.sh runs it
    sys.argv.remove("--installed")
else:
    sys.path.insert(0, str(SOURCE / "scripts" / "python"))

import gpugauge  # noqa: E402

RECORDS = SOURCE / "tests/data/record"
FILES = sorted(SOURCE.glob("results/**/*.json")) + [RECORDS / "synthetic_bare.json", RECORDS / "synthetic_full.json",
                                                   SOURCE / "tests/data/cli/result.json"]


def load(path):
    return json.loads(pathlib.Path(path).read_text())


def installed(name):
    try:
        __import__(name)
    except ImportError:
        return False
    return True


class ReadTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def changed(self, change):
        """A copy of a result file with something changed."""
        result = load(RECORDS / "synthetic_full.json")
        change(result)
        path = self.folder / "changed.json"
        path.write_text(json.dumps(result))
        return path

    def assert_refused(self, kind, pattern, *paths, **options):
        with self.assertRaisesRegex(kind, pattern):
            gpugauge.read(*paths, **options)

    def test_it_needs_nothing_beyond_the_standard_library(self):
        program = "import sys; before = set(sys.modules); import gpugauge; print(*sorted(set(sys.modules) - before))"
        done = subprocess.run([sys.executable, "-S", "-c", program], cwd=pathlib.Path(gpugauge.__file__).parents[1],
                              capture_output=True, text=True, check=True)
        foreign = {name.split(".")[0] for name in done.stdout.split()} - {"gpugauge"}
        if hasattr(sys, "stdlib_module_names"):
            self.assertLessEqual(foreign, sys.stdlib_module_names)
        self.assertNotIn("pandas", foreign)

    def test_every_case_has_a_row_with_the_rates_that_the_file_states(self):
        for path in FILES:
            with self.subTest(path=path):
                result = load(path)
                rows = gpugauge.read(path, table="rows")
                measured, others = load(path)["benchmarks"], load(path)["context"]["gpugauge"]["not_measured"]
                self.assertEqual([(row["case"], row["status"], row.get("reason")) for row in rows],
                                 [(entry["name"], "ok", None) for entry in measured] +
                                 [(case["name"], case["status"], case["reason"]) for case in others])
                for row, entry in zip(rows, measured):
                    self.assertEqual(row["median_ns"], entry["real_time"])
                    for column, key, scale in (("rate_gb_per_s", "bytes_per_second", 1e9),
                                               ("rate_tflops", "flops_per_second", 1e12)):
                        if key in entry:
                            self.assertTrue(math.isclose(row[column], entry[key] / scale, rel_tol=1e-6))
                        else:
                            self.assertIsNone(row[column])

    def test_every_sample_has_a_row(self):
        for path in FILES:
            with self.subTest(path=path):
                rows = gpugauge.read(path, samples=True, table="rows")
                expected = [(entry["name"], index, time) for entry in load(path)["benchmarks"]
                            for index, time in enumerate(entry["gpugauge"]["samples"].get("time_ns", []))]
                self.assertEqual([(row["case"], row["sample"], row["time_ns"]) for row in rows], expected)

    def test_files_folders_and_patterns(self):
        below = self.folder / "a" / "b"
        below.mkdir(parents=True)
        for name in ("2.json", "1.json"):
            (below / name).write_text((RECORDS / "synthetic_bare.json").read_text())
        expected = [str(below / "1.json"), str(below / "2.json")]
        for paths in ([self.folder], [str(self.folder / "**/*.json")], [below / "1.json", below / "2.json", self.folder]):
            files = dict.fromkeys(row["file"] for row in gpugauge.read(*paths, table="rows"))
            self.assertEqual(list(files), expected, paths)

    def test_what_is_no_result_is_refused_with_its_name(self):
        self.assert_refused(FileNotFoundError, "nothing/\\*.json: no such file", "nothing/*.json")
        self.assert_refused(ValueError, "no file is named")
        self.assert_refused(ValueError, "expected one of pandas, arrow, rows", RECORDS, table="polars")
        other = self.folder / "other.json"
        for text, words in (("[1]", "no result file"), ('{"context": {}}', "no result file"), ('{"context"', "delimiter")):
            other.write_text(text)
            self.assert_refused(ValueError, f"other.json: .*{words}", other)
        emulated = self.changed(lambda result: result["context"]["gpugauge"].update(emulated=True))
        self.assert_refused(ValueError, "changed.json: of an emulated card", emulated)
        newer = self.changed(lambda result: result["context"]["gpugauge"].update(schema_version=2))
        self.assert_refused(ValueError, "schema_version is 2, expected 1", newer)
        cut = self.changed(lambda result: result["benchmarks"][0].pop("gpugauge"))
        self.assert_refused(ValueError, "changed.json: memory/.*: 'gpugauge' is missing$", cut)

    def test_an_unfinished_run_is_refused(self):
        for value in (False, None, "true"):
            unfinished = self.changed(lambda result: result["context"]["gpugauge"].update(complete=value))
            self.assert_refused(ValueError, "changed.json: the run was not finished$", unfinished)
        unfinished = self.changed(lambda result: result["context"]["gpugauge"].pop("complete"))
        self.assert_refused(ValueError, "changed.json: 'complete' is missing$", unfinished)
        journal = self.folder / "night.json.partial"
        journal.write_text('{"context": {}}\n')
        self.assert_refused(ValueError, "night.json.partial: of an unfinished run", journal)

    def test_a_value_that_is_none_of_gpugauge_s_is_named_with_its_file_and_case(self):
        def entry_with(**fields):
            def change(result):
                entry = result["benchmarks"][0]["gpugauge"]
                for name, values in fields.items():
                    entry[name] = {**entry[name], **values} if isinstance(values, dict) else values
            return change

        case = "changed.json: memory/triad/[^:]*"
        for change, words in (
                (entry_with(time_ns={"median": 0}), f"{case}: median is 0, expected a time above 0"),
                (entry_with(time_ns={"median": "x"}), f'{case}: median is "x", expected a time above 0'),
                (entry_with(time_ns={"median": math.nan}), f"{case}: median is NaN, expected a time above 0"),
                (entry_with(time_ns={"low": None}), f"{case}: low is null, expected a time above 0"),
                (entry_with(time_ns={"high": math.inf}), f"{case}: high is Infinity, expected a time above 0"),
                (entry_with(work={"bytes": True}), f"{case}: bytes is true, expected a number from 0 on"),
                (entry_with(work={"flops": -1}), f"{case}: flops is -1, expected a number from 0 on"),
                (entry_with(time_ns={"median": 10**400}), f"{case}: a value is not of the kind that gpugauge writes: .*"),
                (entry_with(samples=[]), f"{case}: a value is not of the kind that gpugauge writes: .*"),
                (entry_with(telemetry=7), f"{case}: a value is not of the kind that gpugauge writes: .*"),
                (lambda result: result.update(benchmarks=None), "changed.json: benchmarks is null, expected a list"),
                (lambda result: result.update(benchmarks=[3]), "changed.json: a value is not of the kind .*"),
                (lambda result: result["context"]["gpugauge"].update(not_measured={}), "changed.json: not_measured is {}, expected a list"),
                (lambda result: result["context"]["gpugauge"].update(suite=None), "changed.json: a value is not of the kind .*")):
            with self.subTest(words=words):
                self.assert_refused(ValueError, f"{words}$", self.changed(change), table="rows")
        cut = self.changed(lambda result: result["benchmarks"][0]["gpugauge"]["samples"]["clock_mhz"].pop())
        self.assert_refused(ValueError, f"{case}: the lists of its samples differ in length$", cut, samples=True)

    def test_a_compressed_file_is_read(self):
        plain = RECORDS / "synthetic_bare.json"
        (self.folder / "result.json.gz").write_bytes(gzip.compress(plain.read_bytes()))
        (self.folder / "marked.json").write_bytes(b"\xef\xbb\xbf" + plain.read_bytes())
        for path in (self.folder / "result.json.gz", self.folder / "marked.json"):
            (row,), (expected,) = (gpugauge.read(file, table="rows") for file in (path, plain))
            self.assertEqual({**row, "file": None}, {**expected, "file": None})
        self.assertEqual(len(gpugauge.read(self.folder, table="rows")), 2)

    def test_a_damaged_or_other_file_is_named_as_such(self):
        packed = gzip.compress((RECORDS / "synthetic_bare.json").read_bytes())
        for content, words in ((packed[:-20], "the gzip is damaged or cut off: .*"), (packed + b"more", "the gzip is damaged .*"),
                               (gzip.compress(b"no JSON"), "Expecting value: .*"),
                               (b"version https://git-lfs.github.com/spec/v1\noid", ".*LFS pointer.*: git lfs pull fetches it"),
                               ("{}".encode("utf-16"), ".*can't decode byte.*")):
            with self.subTest(words=words):
                (self.folder / "x.json").write_bytes(content)
                self.assert_refused(ValueError, f"x.json: {words}$", self.folder / "x.json")

    def test_a_folder_without_result_files_is_named(self):
        (self.folder / "night.json.partial").touch()
        self.assert_refused(FileNotFoundError, r": no result file \(\*\.json, \*\.json\.gz\) in this folder$", self.folder)

    @unittest.skipUnless(installed("pandas"), "skipped: pandas is not installed")
    def test_pandas(self):
        frame = gpugauge.read(*FILES)
        rows = gpugauge.read(*FILES, table="rows")
        self.assertEqual(list(frame.columns), list(rows[0]))
        self.assertEqual(len(frame), len(rows))
        self.assertEqual(str(frame.dtypes["median_ns"]), "float64")
        self.assertEqual(str(frame.dtypes["op_bytes"]), "Int64")  # where a case has none, they do not become fractions
        self.assertEqual(str(frame.dtypes["verified"]), "boolean")
        best = frame[frame.family == "memory"].groupby("op_pattern").rate_gb_per_s.max()
        expected = max(row["rate_gb_per_s"] for row in rows if row.get("op_pattern") == "read")
        self.assertEqual(best["read"], expected)

    def test_numbers_of_all_64_bits_and_above_are_kept(self):
        for name, table in (("pandas", "pandas"), ("pyarrow", "arrow")):
            for number in (2**63, 2**64 - 1, 2**64, -2**63 - 1):
                if not installed(name):
                    continue
                with self.subTest(table=table, number=number):
                    def change(result):
                        del result["benchmarks"][1:]
                        for key in ("throttle_reasons", "time_ns"):
                            result["benchmarks"][0]["gpugauge"]["samples"][key][0] = number
                        result["benchmarks"][0]["gpugauge"]["work"]["bytes"] = abs(number)
                    for options in ({}, {"samples": True}):
                        frame = gpugauge.read(self.changed(change), table=table, **options)
                        column = frame["throttle_reasons" if options else "work_bytes"]
                        first = column.iloc[0] if table == "pandas" else column[0].as_py()
                        expected = number if options else abs(number)
                        if expected in (2**63, 2**64 - 1):
                            self.assertEqual(int(first), expected)
                        self.assertTrue(math.isclose(first, expected))

    @unittest.skipUnless(installed("pyarrow"), "skipped: pyarrow is not installed")
    def test_arrow(self):
        table = gpugauge.read(*FILES, table="arrow")
        self.assertEqual(table.to_pylist(), gpugauge.read(*FILES, table="rows"))

    def test_a_package_that_is_missing_is_named(self):
        for name, table in (("pandas", "pandas"), ("pyarrow", "arrow")):
            saved = sys.modules.get(name)
            sys.modules[name] = None  # what makes an import fail
            try:
                self.assert_refused(ImportError, f"pip install {name}", *FILES, table=table)
            finally:
                sys.modules.pop(name)
                if saved:
                    sys.modules[name] = saved


if __name__ == "__main__":
    unittest.main()
