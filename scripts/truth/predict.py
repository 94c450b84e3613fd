"""What the built program derives for the rows: `gpugauge serve` on imported tables."""

import collections
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import subprocess

from aiconfigurator_import import wheel
from aiconfigurator_import.find import complete_versions
from aiconfigurator_import.importing import Selection, import_tables
from aiconfigurator_import.shapes import shapes_of
from aiconfigurator_import.systems import Systems, version_order
from result_file import WrongInput, write_result
from truth.rows import LARGEST

FIGURES = ("tpot", "ttft", "throughput")
ENGINE_LIMIT = 2048  # TensorRT-LLM's default of max_batch_size
NVLINK_BYTES_PER_SECOND = 100e9  # a card's links above this, one way, are no PCIe


@dataclasses.dataclass(frozen=True)
class Figure:
    value: float
    low: float
    high: float

    def holds(self, measured):
        return self.low <= measured <= self.high


@dataclasses.dataclass(frozen=True)
class Prediction:
    """Of one row: {figure: Figure}, and the prefill of a lone prompt."""
    figures: dict
    prompt_ms: float
    origin: str


def nearest(versions, wanted):
    """The oldest that is not older than the engine's, else the newest: tables are newer than the engines here."""
    if wanted:
        newer = [version for version in versions if version_order(version) >= version_order(wanted)]
        if newer:
            return min(newer, key=version_order)
    return max(versions, key=version_order)


class Tables:
    """The imported files of the rows' systems and engines, in a folder. A file holds what the models of its rows need:
    reading it is most of what a prediction costs."""

    def __init__(self, source, models, folder):
        """`models`: {name: path of its config}."""
        self.systems, self.models, self.folder = Systems(source), models, folder
        self.versions = {}

    def choose(self, rows):
        """{(system, backend, the engine's version): the tables' version}; rows without any are told apart by None."""
        for row in rows:
            key = (row.system, row.backend, row.version)
            if key not in self.versions:
                there = complete_versions(self.systems, row.system, row.backend)
                self.versions[key] = nearest(there, row.version) if there else None

    def path(self, row):
        version = self.versions[row.system, row.backend, row.version]
        return self.folder / file_name(row.system, row.backend, version, row.static_scales)

    def link(self, row):
        for line in self.systems.text(f"{row.system}.yaml").splitlines():
            key, _, value = line.split("#", 1)[0].partition(":")
            if key.strip() == "intra_node_bw":
                return "nvlink" if float(value) > NVLINK_BYTES_PER_SECOND else "pcie"
        return "pcie"

    def make_all(self, rows, jobs):
        """Imports what the rows need: [(system, backend, version, whether with static scales)]."""
        self.folder.mkdir(parents=True, exist_ok=True)
        wanted = collections.defaultdict(set)
        for row in rows:
            if version := self.versions[row.system, row.backend, row.version]:
                wanted[row.system, row.backend, version, row.static_scales].add(self.models[row.model])
        with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
            for done in [pool.submit(make_one, self.systems.path, self.folder, sorted(models), *each)
                         for each, models in wanted.items()]:
                done.result()
        return sorted(wanted)


def file_name(system, backend, version, static_scales):
    return f"{system}-{backend}-{version}{'-static-scales' if static_scales else ''}.json"


def make_one(source, folder, models, system, backend, version, static_scales):
    linears, heads = shapes_of(models)
    selection = Selection(heads, linears, static_scales=static_scales)
    imported = import_tables(Systems(source), system, backend, version, selection, wheel.PUBLISHED, ["truth.py"])
    write_result(folder / file_name(system, backend, version, static_scales), imported.result)


def serving_of(row):
    """vLLM 0.12.0 does not schedule the next step while one runs, unless told to."""
    return "vllm-sync" if (row.backend, row.version) == ("vllm", "0.12.0") else row.backend


class Program:
    """The built program."""

    def __init__(self, path, configs, models):
        """`configs`: the folder that it reads; `models`: {name: path} of configs that are not in it."""
        self.path, self.configs, self.models = pathlib.Path(path), configs, models
        self.options = self.run("serve", "--help")

    def run(self, *arguments):
        try:
            done = subprocess.run([self.path, *map(str, arguments)], capture_output=True, text=True, check=False,
                                  env={**os.environ, "GPUGAUGE_CONFIGS": str(self.configs)})
        except OSError as error:
            raise WrongInput(f"{self.path}: {error.strerror}: expected the built program; --program PATH") from error
        if done.returncode != 0:
            line = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise WrongInput(f"{self.path.name} {' '.join(map(str, arguments))}: status {done.returncode}: {line}")
        return done.stdout

    def engine_options(self, row):
        """How the row's engine was run, in the options that this program has."""
        options = (("--serving", serving_of(row)), ("--length-spread", row.spread), ("--chunk-tokens", row.chunk_tokens))
        return tuple((option, value) for option, value in options if f"{option} " in self.options)

    def serve(self, file, row, link, batches):
        """{batch: entry of the answer}"""
        arguments = ["serve", file, "--model", self.models.get(row.model, row.model), "--precision", row.precision, "--kv", row.kv,
                     "--input-tokens", row.isl, "--output-tokens", row.osl, "--batch", ",".join(map(str, batches)),
                     "--format", "json"]
        if row.tp > 1:
            arguments += ["--gpus", row.tp, "--link", link]
        for option, value in self.engine_options(row):
            arguments += [option, value]
        entries = json.loads(self.run(*arguments))["serving"]
        return {LARGEST if entry["batch_is"] == "largest" else entry["batch"]: entry for entry in entries}


def prediction_of(entry):
    """Of an entry of `serve`."""
    if entry.get("tpot_ms") is None or entry.get("library_output_tok_per_s") is None:
        reason = entry.get("reason") or "no figure"
        return "the batch does not fit the memory" if "does not fit" in reason else reason
    figures = {name: Figure(entry[f"{name}_ms"], entry[f"{name}_low_ms"], entry[f"{name}_high_ms"])
               for name in ("tpot", "ttft")}
    figures["throughput"] = Figure(*(entry[f"library_output{end}_tok_per_s"] for end in ("", "_low", "_high")))
    return Prediction(figures, entry["ttft_unloaded_ms"], entry["time_is"])


def predict(program, tables, rows, jobs):
    """{row's id: Prediction, or the reason why there is none}. One process does all batches of a file, model,
    precision, length and number of cards."""
    groups = collections.defaultdict(list)
    for row in rows:
        groups[tables.path(row), row.model, row.precision, row.kv, row.isl, row.osl, row.tp,
               program.engine_options(row)].append(row)

    def of_group(group):
        first = group[0]
        batches = {row.batch or ENGINE_LIMIT for row in group}
        entries = program.serve(tables.path(first), first, tables.link(first), sorted(batches))
        if ENGINE_LIMIT in entries and entries[LARGEST]["batch"] > ENGINE_LIMIT:
            entries[LARGEST] = entries[ENGINE_LIMIT]
        return {row.id: prediction_of(entries[row.batch]) for row in group}

    predictions = {}
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for done in pool.map(of_group, groups.values()):
            predictions.update(done)
    return predictions
