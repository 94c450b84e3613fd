"""scripts/import_aiconfigurator.py, on small tables that are made up."""

import csv
import gzip
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import zipfile

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "import_aiconfigurator.py"

SYSTEM = """# made up
data_dir: data/toy
gpu:
  mem_bw: 1000000000000 # 1000 GB/s
  mem_capacity: 48000000000
  power: 300  # Watt
  sm_version: 89
node:
  mem_bw: 1
"""
COMMON = {"framework": "VLLM", "version": "1.2", "device": "NVIDIA TOY", "kernel_source": "torch.nn::linear"}
GEMM = {**COMMON, "op_name": "gemm", "gemm_dtype": "bfloat16", "m": 1, "n": 4096, "k": 4096, "latency": 0.05}
ATTENTION = {**COMMON, "kernel_source": "fa2", "batch_size": 8, "isl": 1, "num_heads": 32, "num_key_value_heads": 8,
             "head_dim": 128, "beam_width": 1, "attn_dtype": "bfloat16", "kv_cache_dtype": "bfloat16", "step": 1023,
             "window_size": 0, "latency": 0.04}
CUSTOM = {**COMMON, "op_name": "all_reduce", "kernel_source": "vLLM_custom_graph", "allreduce_dtype": "bfloat16",
          "num_gpus": 8, "message_size": 32768, "latency": 0.006, "backend": "vllm_graph"}
NCCL = {**COMMON, "framework": "TRTLLM", "version": "2.29.2", "kernel_source": "NCCL", "op_name": "all_reduce",
        "nccl_dtype": "half", "num_gpus": 4, "message_size": 32768, "latency": 0.012}


class ImportAiconfigurator(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.write_system(SYSTEM)

    def write_system(self, text):
        (self.folder / "toy.yaml").write_text(text)

    def write(self, table, *rows, where="vllm/1.2", suffix="txt"):
        path = self.folder / "data" / "toy" / where / f"{table}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
        return path

    def run_script(self, *arguments, environment=None, systems=None):
        return subprocess.run([sys.executable, SCRIPT, systems or self.folder, "--system", "toy",
                               "-o", self.folder / "out.json", *arguments],
                              capture_output=True, text=True, check=False, env=environment)

    def report(self, *arguments):
        result = self.run_script(*arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def imported(self, *arguments):
        result = self.run_script(*arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads((self.folder / "out.json").read_text())

    def names(self, *arguments):
        return [entry["name"] for entry in self.imported(*arguments)["benchmarks"]]

    def refused(self, *arguments, status=2, environment=None):
        result = self.run_script(*arguments, environment=environment)
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        self.assertEqual([file.name for file in self.folder.iterdir() if "out.json" in file.name], [])
        return result.stderr

    def test_a_gemm(self):
        self.write("gemm_perf", GEMM)
        entry, = self.imported()["benchmarks"]
        self.assertEqual(entry["name"], "gemm/bf16/m:1/n:4096/k:4096/torch.nn__linear/cold")
        ours = entry["gpugauge"]
        self.assertEqual(ours["time_ns"]["median"], 50_000)  # 0.05 ms
        self.assertEqual(ours["work"], {"flops": 2 * 4096 * 4096, "bytes": 2 * (4096 * 4096 + 4096 + 4096)})
        self.assertEqual((ours["origin"], ours["case"]["library"]), ("imported", True))
        self.assertFalse(ours["verification"]["passed"])
        self.assertEqual(ours["samples"]["count"], 0)

    def test_the_device_is_what_is_stated_and_no_more(self):
        self.write("gemm_perf", GEMM)
        ours = self.imported()["context"]["gpugauge"]
        self.assertEqual(ours["device"], {
            "id": "cuda:0", "backend": "cuda", "name": "NVIDIA TOY", "memory_bytes": 48_000_000_000, "cache_bytes": 0,
            "compute_units": 0, "features": ["sm_89"], "pin_rate_gbps": 1000, "compute_capability": 89,
            "default_power_limit_w": 300})
        self.assertEqual(ours["software"]["libraries"]["VLLM"], "1.2")
        self.assertRegex(ours["software"]["libraries"]["aiconfigurator/gemm_perf.txt"], "^sha256:[0-9a-f]{64}$")

    def test_attention(self):
        self.write("gemm_perf", GEMM)
        self.write("generation_attention_perf", ATTENTION, {**ATTENTION, "kv_cache_dtype": "fp8"})
        self.write("context_attention_perf", {**ATTENTION, "batch_size": 1, "isl": 512, "step": 0})
        result = self.imported()["benchmarks"]
        self.assertEqual([entry["name"] for entry in result[1:]], [
            "attention_decode/bf16/b:8/c:1024/h:32/kv:8/d:128/p:16/fa2/cold",
            "attention_decode/fp8_e4m3/b:8/c:1024/h:32/kv:8/d:128/p:16/fa2/cold",
            "attention_prefill/bf16/b:1/t:512/h:32/kv:8/d:128/fa2/cold"])
        works = [entry["gpugauge"]["work"] for entry in result[1:]]
        self.assertEqual(works[0]["bytes"] - works[1]["bytes"], 2 * 8 * 1024 * 8 * 128)  # half of the cache
        self.assertEqual(works[2]["flops"], 2 * 32 * 128 * 512 * 513)

    def test_all_reduces_beside_any_backend(self):
        self.write("gemm_perf", GEMM)
        self.write("nccl_perf", {**NCCL, "latency": 1}, where="comm/nccl/2.3.4")
        self.write("nccl_perf", NCCL, {**NCCL, "num_gpus": 8, "nccl_dtype": "bfloat16", "message_size": 24},
                   {**NCCL, "num_gpus": 16}, {**NCCL, "nccl_dtype": "int8"}, {**NCCL, "op_name": "all_gather"},
                   where="comm/nccl/2.29.2")
        result = self.imported("--backend", "vllm", "--version", "1.2", "--heads", "64/8/128")
        entries = result["benchmarks"][1:]
        self.assertEqual([entry["name"] for entry in entries],
                         ["all_reduce/cards:4/64KiB/NCCL/cold", "all_reduce/cards:8/48B/NCCL/cold"])
        ours = entries[0]["gpugauge"]
        self.assertEqual(ours["case"]["op"], {"kind": "all_reduce", "cards": 4, "bytes": 65536})  # of 16 bits each
        self.assertEqual((ours["work"], ours["time_ns"]["median"]), ({"flops": 0, "bytes": 1.5 * 65536}, 12_000))
        self.assertEqual((ours["origin"], ours["details"]), ("imported", "NCCL 2.29.2"))
        libraries = result["context"]["gpugauge"]["software"]["libraries"]
        self.assertEqual((libraries["VLLM"], libraries["NCCL"]), ("1.2", "2.29.2"))

    def test_all_reduces_of_the_engine_beside_those_of_nccl(self):
        self.write("gemm_perf", GEMM)
        self.write("nccl_perf", {**NCCL, "num_gpus": 8}, where="comm/nccl/2.29.2")
        self.write("custom_allreduce_perf", CUSTOM, {**CUSTOM, "backend": "vllm_eager", "latency": 0.03})
        self.assertEqual(self.names()[1:], ["all_reduce/cards:8/64KiB/vllm_graph/cold",
                                            "all_reduce/cards:8/64KiB/NCCL/cold"])
        self.assertIn("custom_allreduce_perf 1.2: 1 rows imported; left out 1 launched one by one", self.report())
        without = {key: value for key, value in CUSTOM.items() if key != "backend"}
        self.write("custom_allreduce_perf", {**without, "kernel_source": "TRTLLM", "implementation": "trtllm"})
        self.assertEqual(self.names()[1], "all_reduce/cards:8/64KiB/trtllm/cold")

    def test_a_gemm_in_fp8_quantises_its_input(self):
        self.write("gemm_perf", GEMM, {**GEMM, "gemm_dtype": "fp8"})
        cases = [entry["gpugauge"]["case"] for entry in self.imported()["benchmarks"]]
        self.assertEqual([case.get("quantizes_input") for case in cases], [None, True])

    def test_static_scales_take_off_the_time_of_the_scales(self):
        self.write("gemm_perf", GEMM, {**GEMM, "gemm_dtype": "fp8"}, {**GEMM, "gemm_dtype": "fp8", "m": 2})
        self.assertIn("no computescale_perf of vllm 1.2 or older", self.refused("--static-scales"))
        scale = {**COMMON, "op_name": "compute_scale", "m": 1, "k": 4096, "quant_dtype": "fp8", "latency": 0.007}
        self.write("computescale_perf", scale, {**scale, "m": 3}, where="quantize/vllm/1.2")
        entries = self.imported("--static-scales")["benchmarks"]
        self.assertEqual([(entry["name"].split("/")[-2], entry["real_time"]) for entry in entries],
                         [("torch.nn__linear", 50_000), ("torch.nn__linear.static_scales", 43_000)])
        self.assertTrue(entries[1]["gpugauge"]["case"]["quantizes_input"])
        self.assertIn("left out 1 without a time of the scales", self.report("--static-scales"))
        self.assertEqual(self.imported()["benchmarks"][1]["real_time"], 50_000)

    def test_what_is_no_op_of_ours_is_left_out_and_counted(self):
        self.write("gemm_perf", GEMM, {**GEMM, "gemm_dtype": "fp8_block"}, {**GEMM, "m": 5}, {**GEMM, "gemm_dtype": "fp8_block"})
        self.write("generation_attention_perf", {**ATTENTION, "window_size": 128}, {**ATTENTION, "beam_width": 4})
        self.write("context_attention_perf", {**ATTENTION, "kv_cache_dtype": "fp8", "step": 0},
                   {**ATTENTION, "attn_dtype": "fp8", "step": 0})
        self.write("moe_perf", {"anything": 1}, {"anything": 2})
        self.assertEqual(len(self.names()), 1)
        lines = [line.strip() for line in self.report().splitlines()[1:]]
        self.assertEqual(lines, [
            "gemm_perf 1.2: 1 rows imported; left out 2 GEMMs in fp8_block, "
            "1 of an m that is neither a power of two nor three times one",
            "generation_attention_perf 1.2: 0 rows imported; left out 1 a window of 128 tokens, 1 several beams",
            "context_attention_perf 1.2: 0 rows imported; left out 1 prefill with a KV cache in fp8, "
            "1 attention computed in fp8",
            "custom_allreduce_perf: none of vllm 1.2 or older",
            "nccl_perf: none of vllm 1.2 or older",
            "no op of gpugauge: moe_perf (2 rows)"])

    def test_a_table_without_windows_is_of_the_whole_context(self):
        self.write("gemm_perf", GEMM)
        self.write("generation_attention_perf", {key: value for key, value in ATTENTION.items() if key != "window_size"})
        self.assertEqual(len(self.names()), 2)

    def test_a_table_that_another_version_lends(self):
        self.write("generation_attention_perf", ATTENTION, where="attention/vllm/1.10")
        self.write("gemm_perf", GEMM, where="gemm/vllm/1.9")
        self.write("gemm_perf", {**GEMM, "latency": 0.07}, where="gemm/vllm/1.2")
        self.assertIn("gemm_perf 1.9 (1.10 has none): 1 rows", self.report("--version", "1.10"))  # 1.9 is older than 1.10
        reuse = self.folder / "data/toy/gemm/vllm/1.10/reuse.yaml"
        reuse.parent.mkdir(parents=True)
        reuse.write_text("schema_version: 1\nreuse:\n- table: gemm_perf\n  from_version: 1.2\n  reason: >-\n    same\n")
        self.assertIn("gemm_perf 1.2 (by reuse.yaml): 1 rows", self.report("--version", "1.10"))
        self.assertEqual(self.imported("--version", "1.10")["benchmarks"][0]["real_time"], 70_000)
        reuse.write_text("reuse:\n- table: gemm_perf\n  from_version: 7\n")
        (self.folder / "out.json").unlink()
        self.assertIn("gemm_perf: from_version 7 has no such table", self.refused("--version", "1.10"))

    def test_a_newer_version_lends_nothing(self):
        self.write("gemm_perf", GEMM, where="gemm/vllm/1.3")
        self.write("generation_attention_perf", ATTENTION, where="attention/vllm/1.2")
        self.assertIn("gemm_perf: none of vllm 1.2 or older", self.report("--version", "1.2"))
        self.assertIn("there are: vllm 1.2, vllm 1.3", self.refused_again("--version", "7"))
        self.write("moe_perf", {"anything": 1}, where="moe/vllm/1.1")
        self.assertIn("vllm 1.1: no row to import: none of gemm_perf", self.refused("--backend", "vllm", "--version", "1.1"))

    def refused_again(self, *arguments):
        (self.folder / "out.json").unlink()
        return self.refused(*arguments)

    def test_only_what_a_model_needs(self):
        model = self.folder / "model.yaml"
        model.write_text("# made up\nname: m\nhidden_size: 4096\nintermediate_size: 14336\nnum_attention_heads: 32\n"
                         "num_key_value_heads: 8\nhead_dim: 128\nvocab_size: 128256\npublished:\n  parameters: 1\n")
        grid = [{**GEMM, "n": n, "k": k, "latency": 1} for n in (64, 256, 4096, 8192, 65536) for k in (32, 512, 4096, 16384)]
        self.write("gemm_perf", *grid)
        self.write("generation_attention_perf", *({**ATTENTION, "num_heads": h, "num_key_value_heads": kv}
                                                  for h, kv in ((32, 8), (4, 1), (64, 8), (4, 4))))
        ops = [entry["gpugauge"]["case"]["op"] for entry in self.imported("--models", str(model))["benchmarks"]]
        kept = {(op["n"], op["k"]) for op in ops if op["kind"] == "gemm"}
        # k is 4096 or lies between 512 and 16384; n is 4096 or between 256 and 65536; 128256 is beyond, 32 and 64 below.
        self.assertEqual(kept, {(n, k) for n in (256, 4096, 8192, 65536) for k in (512, 4096, 16384)} -
                         {(n, k) for n in (256, 8192, 65536) for k in (512, 16384)})
        self.assertEqual([op["heads"] for op in ops if op["kind"] != "gemm"], [32, 4])
        model.write_text("name: m\n")
        self.assertIn("expected a config of configs/models", self.refused_again("--models", str(model)))

    def test_a_system_without_a_compute_capability(self):
        self.write("gemm_perf", GEMM)
        self.write_system(SYSTEM.replace("  sm_version: 89\n", ""))
        device = self.imported()["context"]["gpugauge"]["device"]
        self.assertEqual(device["features"], [])
        self.assertNotIn("compute_capability", device)

    def test_compressed_and_always_the_same_bytes(self):
        self.write("gemm_perf", GEMM)
        digests = set()
        for name in ("a.json.gz", "b.json.gz"):
            path = self.folder / name
            result = subprocess.run([sys.executable, SCRIPT, self.folder, "--system", "toy", "-o", path],
                                    capture_output=True, text=True, check=False,
                                    env={**os.environ, "SOURCE_DATE_EPOCH": "1788000000"})
            self.assertEqual(result.returncode, 0, result.stderr)
            content = json.loads(gzip.decompress(path.read_bytes()))
            content["context"]["gpugauge"]["sessions"][0]["argv"] = []
            digests.add(hashlib.sha256(json.dumps(content).encode()).hexdigest())
            self.assertEqual(path.read_bytes()[:8], b"\x1f\x8b\x08\0\0\0\0\0")  # no name, no time
        self.assertEqual(len(digests), 1)

    def test_from_the_wheel_itself(self):
        self.write("gemm_perf", GEMM)
        wheel = self.folder / "aiconfigurator_core-1.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            for name in ("toy.yaml", "data/toy/vllm/1.2/gemm_perf.txt"):
                archive.write(self.folder / name, f"aiconfigurator_core/systems/{name}")
        self.assertEqual(self.run_script(systems=wheel).returncode, 0)
        (self.folder / "out.json").unlink()
        whole = wheel.read_bytes()
        wheel.write_bytes(whole[:len(whole) // 2])
        result = self.run_script(systems=wheel)
        self.assertEqual((result.returncode, len(result.stderr.splitlines())), (2, 1))
        self.assertIn("not a whole wheel", result.stderr)

    def test_columns_that_are_not_known_or_missing(self):
        self.write("gemm_perf", {**GEMM, "sparsity": 2})
        self.assertIn("gemm_perf.txt: unknown column sparsity", self.refused())
        self.write("gemm_perf", {key: value for key, value in GEMM.items() if key != "m"})
        self.assertIn("gemm_perf.txt: no column m, expected", self.refused())

    def test_a_pointer_of_git_lfs(self):
        path = self.write("gemm_perf", GEMM, suffix="parquet")
        path.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n")
        self.assertIn("a Git LFS pointer", self.refused())

    def test_faster_than_the_memory_is_from_the_cache(self):
        self.write("gemm_perf", {**GEMM, "latency": 0.02})  # 33.6 MB at 1678 GB/s
        self.assertEqual(self.names(), ["gemm/bf16/m:1/n:4096/k:4096/torch.nn__linear/hot"])

    def test_of_m_powers_of_two_and_three_times_these_unless_every_one_is_asked_for(self):
        self.write("gemm_perf", *({**GEMM, "m": m, "latency": 0.05 + m / 1000} for m in (1, 2, 5, 4, 48, 49)))
        self.assertEqual(len(self.names()), 4)
        self.assertEqual(len(self.names("--every-m")), 6)

    def test_only_some_heads(self):
        self.write("gemm_perf", GEMM)
        self.write("generation_attention_perf", ATTENTION, {**ATTENTION, "num_heads": 64})
        self.assertEqual(len(self.names("--heads", "64/8/128")), 2)
        self.assertEqual(len(self.names("--heads", "64/8/128", "--heads", "32/8/128")), 3)
        self.assertEqual(self.run_script("--heads", "64").returncode, 2)

    def test_a_case_that_is_there_twice_is_repeated(self):
        self.write("gemm_perf", GEMM, {**GEMM, "latency": 0.06})
        result = self.imported()
        self.assertEqual([entry["repetition_index"] for entry in result["benchmarks"]], [0, 1])
        self.assertEqual(len(result["context"]["gpugauge"]["planned"]), 1)

    def test_of_several_backends_one_is_chosen(self):
        self.write("gemm_perf", GEMM)
        self.write("gemm_perf", {**GEMM, "framework": "TRTLLM"}, where="gemm/trtllm/0.9", suffix="csv")
        self.assertIn("trtllm 0.9, vllm 1.2: choose", self.refused())
        self.assertIn("no table of backend sglang, version any; there are: trtllm 0.9, vllm 1.2",
                      self.refused("--backend", "sglang"))
        self.assertEqual(self.imported("--backend", "trtllm")["benchmarks"][0]["gpugauge"]["details"], "TRTLLM 1.2")

    def test_numbers_that_are_none_name_their_row(self):
        for column, value in (("latency", "nan"), ("latency", "0"), ("latency", "-1"), ("m", "0"), ("n", "x"),
                              ("kernel_source", "")):
            self.write("gemm_perf", GEMM, {**GEMM, column: value})
            self.assertIn(f"gemm_perf.txt:3: {column}: found '{value}'", self.refused())

    def test_a_system_without_a_bandwidth_is_refused(self):
        self.write("gemm_perf", GEMM)
        self.write_system(SYSTEM.replace("  mem_bw: 1000000000000", "  other: x"))
        self.assertIn("gpu.mem_bw: found nothing", self.refused())

    def test_a_system_that_is_not_there_names_those_that_are(self):
        self.assertIn("no system 'toy'; systems here: none", self.refused())  # toy.yaml without tables
        self.write("gemm_perf", GEMM)
        self.assertIn("no system 'toys'; did you mean 'toy'? systems here: toy\n", self.refused("--system", "toys"))
        self.assertIn("no system 'h100'; systems here: toy\n", self.refused("--system", "h100"))
        nowhere = self.run_script(systems=self.folder / "nowhere.whl")
        self.assertEqual(nowhere.returncode, 2)
        self.assertIn("nowhere.whl: no such file or folder; the wheel: python3 -m pip download", nowhere.stderr)

    def test_a_model_by_its_name(self):
        self.write("gemm_perf", GEMM)
        self.assertEqual(len(self.names("--models", "llama-3.1-8b")), 1)
        (self.folder / "out.json").unlink()
        self.assertIn("did you mean 'qwen3-14b'? models here: ", self.refused("--models", "Qwen3-14"))

    def test_a_wrong_command_line_is_one_line(self):
        for arguments, said in ((["--sytem", "toy"], "no option --sytem; did you mean '--system'? (--help lists the options)"),
                                ([], "required: --system, -o/--output; e.g. import_aiconfigurator.py --system h100_sxm"),
                                (["--heads", "32"], "'32', expected HEADS/KV_HEADS/HEAD_DIM")):
            result = subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True, check=False)
            self.assertEqual((result.returncode, len(result.stderr.splitlines())), (2, 1), result.stderr)
            self.assertIn(said, result.stderr)

    def test_every_option_has_help(self):
        text = subprocess.run([sys.executable, SCRIPT, "--help"], capture_output=True, text=True, check=True).stdout
        options = re.findall(r"^  (?:-\w \S+, )?(--[\w-]+|SYSTEMS)(?: .*)?\n?", text, re.MULTILINE)
        self.assertGreaterEqual(len(options), 9)
        for option in options:
            self.assertRegex(text, rf"(?m)^  (?:-\w.*, )?{option}\b[^\n]*(?:  +|\n {{20,}})\w")

    def test_nothing_to_import(self):
        self.write("gemm_perf", {**GEMM, "gemm_dtype": "int4"})
        self.assertIn("no row to import: 1 GEMMs in int4", self.refused())

    def test_a_table_without_rows_is_refused(self):
        path = self.write("gemm_perf", GEMM)
        path.write_text(path.read_text().splitlines()[0] + "\n")
        self.assertIn("gemm_perf.txt: found no row, expected at least one", self.refused())

    def test_of_two_devices_the_one_in_most_rows(self):
        self.write("gemm_perf", GEMM, {**GEMM, "device": "NVIDIA OTHER"}, {**GEMM, "m": 2})
        self.assertEqual(self.imported()["context"]["gpugauge"]["device"]["name"], "NVIDIA TOY")
        self.assertIn("left out 1 of another card: NVIDIA OTHER", self.report())

    def test_of_two_devices_the_one_that_is_asked_for(self):
        self.write("gemm_perf", GEMM, {**GEMM, "m": 2}, {**GEMM, "m": 4, "device": "NVIDIA TOY2"})
        ours = self.imported("--device", "NVIDIA TOY2")
        self.assertEqual([entry["gpugauge"]["case"]["op"]["m"] for entry in ours["benchmarks"]], [4])
        self.assertEqual(ours["context"]["gpugauge"]["device"]["name"], "NVIDIA TOY2")
        self.assertIn("left out 2 of another card: NVIDIA TOY", self.report("--device", "NVIDIA TOY2"))
        (self.folder / "out.json").unlink()
        self.assertIn("did you mean 'NVIDIA TOY2'?", self.refused("--device", "NVIDIA TY2"))

    def test_a_compressed_table_and_one_that_unpacks_to_gigabytes(self):
        path = self.write("gemm_perf", GEMM)
        path.write_bytes(gzip.compress(path.read_bytes()))
        self.assertEqual(len(self.names()), 1)
        (self.folder / "out.json").unlink()
        path.write_bytes(gzip.compress(bytes(2 ** 26)) * 9)
        self.assertIn("the gzip holds more than 512 MiB", self.refused())

    def wheel(self, members):
        """A zip whose members are stored as they are named; `None` unpacks to 600 MiB."""
        path = self.folder / "bad.whl"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for name, content in members.items():
                with file.open(name, "w") as member:
                    for block in [content.encode()] if content is not None else [bytes(2 ** 20)] * 600:
                        member.write(block)
        return path

    def test_hostile_wheels_are_refused_in_one_line(self):
        systems = "aiconfigurator_core/systems"
        table = f"{systems}/data/toy/vllm/1.2/gemm_perf.txt"
        for words, members in [
                ("unpacks to 600 MiB, expected at most 512", {f"{systems}/toy.yaml": SYSTEM, table: None}),
                ("no system 'toy'", {f"{systems}/../../toy.yaml": SYSTEM, table: "x"}),
                ("no table of", {f"{systems}/toy.yaml": SYSTEM, f"{systems}/data/toy/../../../../etc/passwd": "x"})]:
            with self.subTest(words):
                result = self.run_script(systems=self.wheel(members))
                self.assertEqual((result.returncode, result.stderr.count("\n")), (2, 1), result.stderr)
                self.assertIn(words, result.stderr)
                self.assertEqual({file.name for file in self.folder.iterdir()}, {"bad.whl", "toy.yaml"})

    def test_a_wheel_with_a_damaged_member_is_refused(self):
        systems = "aiconfigurator_core/systems"
        path = self.wheel({f"{systems}/toy.yaml": SYSTEM, f"{systems}/data/toy/vllm/1.2/gemm_perf.txt": "a" * 5000})
        content = bytearray(path.read_bytes())
        at = content.index(b"gemm_perf.txt") + len("gemm_perf.txt")
        content[at + 2:at + 6] = b"\xff\xff\xff\xff"
        path.write_bytes(content)
        result = self.run_script(systems=path)
        self.assertEqual((result.returncode, result.stderr.count("\n")), (2, 1), result.stderr)

    def test_a_version_that_leads_out_of_the_folder_is_none(self):
        self.write("gemm_perf", GEMM, where="gemm/vllm/1.0")
        reuse = self.folder / "data/toy/gemm/vllm/1.1/reuse.yaml"
        reuse.parent.mkdir(parents=True)
        reuse.write_text("- table: gemm_perf\n  from_version: ../../../../../../etc\n")
        self.assertIn("has no such table", self.refused("--version", "1.1"))

    def test_parquet_without_its_reader_says_what_to_install(self):
        self.write("gemm_perf", GEMM, suffix="parquet")
        hidden = self.folder / "hidden"
        (hidden / "pyarrow").mkdir(parents=True)
        (hidden / "pyarrow" / "__init__.py").write_text("raise ImportError('hidden')\n")
        message = self.refused(status=3, environment={**os.environ, "PYTHONPATH": str(hidden)})
        self.assertIn("pyarrow (55 MB): python3 -m venv .venv && .venv/bin/pip install pyarrow; then", message)


if __name__ == "__main__":
    unittest.main()
