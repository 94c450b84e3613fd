"""aiconfigurator's own predictions of the rows: kept in aiconfigurator.csv, and made again on demand."""

import csv
import json
import os
import subprocess
import sys

from aiconfigurator_import import wheel
from result_file import CannotRun
from truth.rows import LARGEST, throughput

COLUMNS = ("id", "ttft_ms", "tpot_ms", "ttft_ms_8192", "tpot_ms_8192")
PATHS = {"llama-3.1-8b": "meta-llama/Meta-Llama-3.1-8B", "llama-3.1-70b": "meta-llama/Meta-Llama-3.1-70B",
         "qwen3-32b": "Qwen/Qwen3-32B"}


def read_predictions(path, rows):
    """{row's id: {figure: value}} with its default budget of context tokens, and with 8,192."""
    by_id = {row.id: row for row in rows}
    default, engines = {}, {}
    with path.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            row = by_id.get(line["id"])
            if row is None:
                continue
            for into, end in ((default, ""), (engines, "_8192")):
                ttft, tpot = float(line[f"ttft_ms{end}"]), float(line[f"tpot_ms{end}"])
                into[row.id] = {"ttft": ttft, "tpot": tpot, "throughput": throughput(row.batch, row.osl, ttft, tpot)}
    return default, engines


def environment(folder):
    """A Python that has aiconfigurator, made where it is not there yet."""
    python = folder / "bin" / "python"
    if not (folder / "made").exists():
        for command in ([sys.executable, "-m", "venv", folder],
                        [python, "-m", "pip", "install", "--quiet", f"aiconfigurator=={wheel.VERSION}"]):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                lines = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
                raise CannotRun(f"aiconfigurator {wheel.VERSION} cannot be installed: {lines[-1]}")
        (folder / "made").touch()
    return python


def make_predictions(path, rows, folder, script):
    """Asks aiconfigurator, and writes aiconfigurator.csv. How many rows it could not predict, by reason."""
    points = [{"id": row.id, "system": row.system, "backend": row.backend, "model_path": PATHS[row.model],
               "precision": f"{row.precision}_static" if row.static_scales else row.precision, "kv": row.kv,
               "isl": row.isl, "osl": row.osl, "batch": row.batch, "tp": row.tp} for row in rows if row.model in PATHS and row.batch != LARGEST]
    half = len(points) // 2
    running = [subprocess.Popen([environment(folder), script], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, text=True, env={**os.environ, "PYTHONPATH": ""})
               for _ in range(2)]
    # Both read their whole input before they answer.
    for process, part in zip(running, (points[:half], points[half:])):
        process.stdin.write(json.dumps(part))
        process.stdin.close()
    predictions = {}
    for process in running:
        text = process.stdout.read()
        if process.wait() != 0:
            raise CannotRun(f"{script}: status {process.returncode}")
        predictions.update(json.loads(text))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for point in points:
            found = predictions[point["id"]]
            if "error" not in found:
                writer.writerow([point["id"], *(f"{value:.5g}" for name in ("default", "8192") for value in found[name])])
    return [found["error"] for found in predictions.values() if "error" in found]
