#!/usr/bin/env python3
"""Holds what gpugauge derives against end-to-end measurements of real engines, and writes results/truth.md.

usage: truth.py [--program PATH] [--wheel FILE] [--aiconfigurator] [--points FILE] [--fit FILE] [-o FILE]

The rows are those of aiconfigurator's silicon_sample.csv, out of the wheel that aiconfigurator_import/wheel.py names
(downloaded into .cache/), and those of truth/published.csv. The tables of every row's card and engine are imported
(the version nearest to the engine's), and the built program derives TTFT, TPOT and throughput from them. Beside them
stands what aiconfigurator predicts of the same rows: truth/aiconfigurator.csv, which --aiconfigurator makes again (5
minutes, in an environment of its own). --points writes every row with its figures as CSV. --fit writes what was
measured of the rows of H100 into a method_error.yaml of a folder configs/, before the rows are derived with it.

Exit status: 0; 2 if the command line or a file is wrong; 3 if something that is needed is not here.
"""

import argparse
import collections
import csv
import os
import pathlib
import time

from aiconfigurator_import import wheel
from command_line import find_program
from result_file import CannotRun, run_script, write_whole
from truth import fit
from truth.errors import Point
from truth.others import make_predictions, read_predictions
from truth.page import page
from truth.predict import Prediction, Program, Tables, predict
from truth.rows import published_rows, read_rows, reason_not_usable

ROOT = pathlib.Path(__file__).resolve().parents[1]
HERE = ROOT / "scripts" / "truth"
CACHE = ROOT / ".cache" / "truth"
MODELS = {"llama-2-7b": HERE / "llama-2-7b.yaml"}
SHIPPED = {path.stem: path for path in (ROOT / "configs" / "models").glob("*.yaml")}


def parse_arguments():
    parser = argparse.ArgumentParser(description="what gpugauge derives against what real engines did")
    parser.add_argument("--program", type=pathlib.Path, help="the built gpugauge")
    parser.add_argument("--wheel", type=pathlib.Path, metavar="FILE", help="the wheel, where it is here already")
    parser.add_argument("--aiconfigurator", action="store_true", help="ask aiconfigurator again")
    parser.add_argument("--points", type=pathlib.Path, metavar="FILE", help="every row with its figures, as CSV")
    parser.add_argument("--fit", type=pathlib.Path, metavar="FILE", help="the method_error.yaml to write")
    parser.add_argument("-o", "--output", type=pathlib.Path, default=ROOT / "results" / "truth.md", metavar="FILE")
    return parser.parse_args()


def fit_errors(arguments, program, tables, rows, jobs):
    with fit.without_engine_errors(ROOT / "configs", arguments.fit) as configs:
        predictions = predict(Program(program, configs, MODELS), tables, [row for row in rows if row.is_fitted], jobs)
    points, _ = points_of(rows, predictions, {})
    fit.write(arguments.fit, points)


def points_of(rows, predictions, others):
    """(points, reasons why the other rows are none)"""
    points, reasons = [], []
    for row in rows:
        prediction = predictions.get(row.id, "no tables of this card and engine")
        reason = reason_not_usable(row, prediction.prompt_ms) if isinstance(prediction, Prediction) else prediction
        if reason:
            reasons.append(reason)
        else:
            points.append(Point(row, row.figures, prediction.figures, others.get(row.id, {})))
    return points, reasons


def write_points(path, points):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "published", "system", "backend", "model", "precision", "kv", "isl", "osl", "batch", "tp",
                         "figure", "measured", "derived", "low", "high", "aiconfigurator"])
        for point in points:
            row = point.row
            for figure, measured in point.measured.items():
                derived = point.derived[figure]
                writer.writerow([row.id, int(row.is_published), row.system, row.backend, row.model, row.precision, row.kv,
                                 row.isl, row.osl, row.batch, row.tp, figure,
                                 *(f"{value:.6g}" for value in (measured, derived.value, derived.low, derived.high)),
                                 point.others.get(figure, "")])


def run(arguments):
    began = time.monotonic()
    program = arguments.program or find_program()
    if program is None or not program.exists():
        raise CannotRun("gpugauge is not built: cmake --build build, or --program PATH")
    source = wheel.check(arguments.wheel) if arguments.wheel else wheel.fetch()
    tables = Tables(source, {**SHIPPED, **MODELS}, CACHE)
    sample = "silicon_sample.csv"
    rows, others = read_rows(tables.systems.where(sample), tables.systems.text(sample))
    rows += published_rows(HERE / "published.csv")
    tables.choose(rows)
    jobs = os.cpu_count() or 1
    imported = tables.make_all(rows, jobs)
    at_import = time.monotonic()
    with_tables = [row for row in rows if tables.versions[row.system, row.backend, row.version]]
    if arguments.fit:
        fit_errors(arguments, program, tables, with_tables, jobs)
    predictions = predict(Program(program, ROOT / "configs", MODELS), tables, with_tables, jobs)
    print(f"{len(imported)} imports in {at_import - began:.0f} s, {len(predictions)} rows derived in "
          f"{time.monotonic() - at_import:.0f} s")
    if arguments.aiconfigurator:
        errors = make_predictions(HERE / "aiconfigurator.csv", rows, CACHE / "environment", HERE / "aiconfigurator_side.py")
        for reason, count in collections.Counter(errors).items():
            print(f"aiconfigurator: {count} rows: {reason}")
    default, engines = read_predictions(HERE / "aiconfigurator.csv", rows)
    points, reasons = points_of(rows, predictions, default)
    write_whole(arguments.output, page(points, reasons + [reason for _, reason in others], imported, engines).encode())
    if arguments.points:
        write_points(arguments.points, points)
    print(f"{arguments.output}: {len(points)} of {len(rows) + len(others)} rows usable; "
          f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    run_script("truth", lambda: run(parse_arguments()))
