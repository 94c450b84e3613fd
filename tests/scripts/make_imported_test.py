"""scripts/make_imported.py and the files that it wrote into results/imported."""

import gzip
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "make_imported.py"
PACKS = ROOT / "results" / "imported"
sys.path.insert(0, str(ROOT / "scripts"))

from aiconfigurator_import import wheel  # noqa: E402
from aiconfigurator_import.shapes import shapes_of  # noqa: E402


def make(*arguments):
    return subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True, check=False)


def packs():
    return {path.name: json.loads(gzip.decompress(path.read_bytes())) for path in sorted(PACKS.glob("*.json.gz"))}


class MakeImported(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def test_the_committed_files_are_what_the_wheel_gives(self):
        path = pathlib.Path(os.environ.get("GPUGAUGE_AICONFIGURATOR_WHEEL", wheel.CACHE / wheel.FILE))
        if not path.exists():
            self.skipTest(f"{path} is not here: scripts/make_imported.py downloads it")
        if importlib.util.find_spec("pyarrow") is None:
            self.skipTest("needs pyarrow")
        result = make("--wheel", path, "-o", self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        made = {file.name for file in self.folder.iterdir()}
        self.assertEqual(made | {"LICENSE"}, {file.name for file in PACKS.iterdir()})
        for name in made:
            ours, committed = ((folder / name).read_bytes() for folder in (self.folder, PACKS))
            if name.endswith(".gz"):  # another zlib compresses to other bytes
                ours, committed = gzip.decompress(ours), gzip.decompress(committed)
            self.assertEqual(ours, committed, name)

    def test_another_wheel_is_refused_and_nothing_is_written(self):
        other = self.folder / "aiconfigurator_core-0.13.0.whl"
        other.write_bytes(b"another")
        result = make("--wheel", other, "-o", self.folder / "out")
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        self.assertIn(f"expected {wheel.SHA256} of aiconfigurator-core 0.12.0: another version, or a download that broke off",
                      result.stderr)
        self.assertFalse((self.folder / "out").exists())

    def test_every_entry_is_imported_and_its_source_is_named(self):
        names = [f"{card}.json.gz" for card in ("a100-sxm", "b200", "h100-sxm5", "h200", "l40s")]
        self.assertEqual(list(packs()), names)
        self.assertLess(sum((PACKS / name).stat().st_size for name in names), 3 << 20)
        readme = (PACKS / "README.md").read_text()
        self.assertIn(wheel.SHA256, readme)
        self.assertIn("Apache License", (PACKS / "LICENSE").read_text())
        for name, pack in packs().items():
            self.assertEqual({entry["gpugauge"]["origin"] for entry in pack["benchmarks"]}, {"imported"}, name)
            self.assertRegex(pack["context"]["gpugauge"]["software"]["libraries"]["aiconfigurator/gemm_perf.parquet"],
                             "^sha256:[0-9a-f]{64}$")

    def test_they_hold_what_every_shipped_model_needs(self):
        linears, heads = shapes_of(sorted((ROOT / "configs" / "models").glob("*.yaml")))
        for name, pack in packs().items():
            ops = [entry["gpugauge"]["case"]["op"] for entry in pack["benchmarks"]
                   if entry["gpugauge"]["case"]["cache"] == "cold"]
            shapes = {(op["n"], op["k"]) for op in ops if op["kind"] == "gemm" and op["weights"] == "bf16"}
            for n, k in linears:
                below = any(near_n <= n and near_k <= k for near_n, near_k in shapes)
                above = any(near_n >= min(n, 51200) and near_k >= k for near_n, near_k in shapes)
                self.assertTrue(below and above, f"{name}: {n} x {k}")
            there = {(op["heads"], op["kv_heads"], op["head_dim"]) for op in ops if op["kind"] == "attention_prefill"}
            self.assertTrue({(32, 8, 128), (16, 4, 128), (64, 8, 128), (8, 1, 128)} <= there & heads, name)
            self.assertEqual({op["cards"] for op in ops if op["kind"] == "all_reduce"}, {2, 4, 8}, name)


if __name__ == "__main__":
    unittest.main()
