#!/usr/bin/env python3
"""Makes results/imported/: result files of cards that others measured, from a wheel of the Python index.

usage: make_imported.py [--all] [--wheel FILE] [-o FOLDER]

Downloads the wheel aiconfigurator-core (its version and hash stand in aiconfigurator_import/wheel.py) into .cache/, or
takes FILE, and writes one compressed result file a card, README.md and LICENSE into FOLDER (default:
results/imported). The files hold what the models of configs/models need on 1, 2, 4 and 8 cards; with --all everything
that gpugauge has an op for. The same wheel gives the same bytes.

Exit status: 0; 2 if the command line or the wheel is wrong; 3 if it cannot be downloaded or read here.
"""

import pathlib

from aiconfigurator_import import wheel
from aiconfigurator_import.importing import Selection, import_tables
from aiconfigurator_import.shapes import shapes_of
from aiconfigurator_import.systems import Systems
from command_line import LineParser
from result_file import run_script, write_result, write_whole

ROOT = pathlib.Path(__file__).resolve().parents[1]
BACKEND = "vllm"
CARDS = {  # the card's short name in configs/devices: (aiconfigurator's system, version of the backend)
    "a100-sxm": ("a100_sxm", "0.14.0"),
    "b200": ("b200_sxm", "0.24.0"),
    "h100-sxm5": ("h100_sxm", "0.24.0"),
    "h200": ("h200_sxm", "0.24.0"),
    "l40s": ("l40s", "0.24.0"),
}
HEAD = """# Cards that others measured

Latencies of single kernels from NVIDIA's [aiconfigurator](https://github.com/ai-dynamo/aiconfigurator), as result
files of gpugauge. Nothing in them was measured by gpugauge: every entry is labelled `imported`, has one time, no
samples and no verification. `scripts/make_imported.py` writes this folder.

| | |
|---|---|
| source | {package} {version} from the Python index, `{file}` |
| SHA-256 | `{sha256}` |
| licence | Apache-2.0, [LICENSE](LICENSE); Copyright (c) 2025-2026 NVIDIA CORPORATION & AFFILIATES |
| changed | rewritten as JSON; a selection of rows; latencies in ns, rounded to 0.1 |
| selection | {selection} |
| FP8 GEMMs | with scales worked out of each input; with the static ones of a checkpoint a step of Llama-3.1-8B is 3% faster on H100 (`import_aiconfigurator.py --static-scales`) |

Everything: `./scripts/make_imported.py --all -o FOLDER`; another card or engine: `scripts/import_aiconfigurator.py`.
"""
SELECTION = ("GEMMs at the (n, k) next to the linears of `configs/models` and their attention heads, on 1, 2, 4 and 8 "
             "cards; m of powers of two and three times these; all-reduces over 2, 4 and 8 cards")


def parse_arguments():
    parser = LineParser(description="Makes result files of cards that others measured.",
                        example="make_imported.py --all -o imported")
    parser.add_argument("--all", action="store_true", help="everything that gpugauge has an op for")
    parser.add_argument("--wheel", type=pathlib.Path, metavar="FILE",
                        help=f"the wheel, where it is here already (default: downloaded, {wheel.MEGABYTES} MB)")
    parser.add_argument("-o", "--output", type=pathlib.Path, default=ROOT / "results" / "imported", metavar="FOLDER",
                        help="where the files go (default: results/imported)")
    return parser.parse_args()


def section(name, system, imported):
    context = imported.result["context"]["gpugauge"]
    entries = imported.result["benchmarks"]
    hot = sum(entry["gpugauge"]["case"]["cache"] == "hot" for entry in entries)
    lines = [f"\n## {name}\n", f"{context['device']['name']}, system `{system}`, {BACKEND}: {len(entries)} entries, "
             f"{hot} of them from the cache (`hot`: no step is made of them).\n"]
    return lines + [f"- {line}" for line in imported.report]


def run(arguments):
    source = wheel.check(arguments.wheel) if arguments.wheel else wheel.fetch()
    systems = Systems(source)
    linears, heads = shapes_of(sorted((ROOT / "configs" / "models").glob("*.yaml")))
    selection = Selection(every_m=True) if arguments.all else Selection(heads, linears)
    arguments.output.mkdir(parents=True, exist_ok=True)
    lines = [HEAD.format(package=wheel.PACKAGE, version=wheel.VERSION, file=wheel.FILE, sha256=wheel.SHA256,
                         selection="none" if arguments.all else SELECTION)]
    for name, (system, version) in CARDS.items():
        imported = import_tables(systems, system, BACKEND, version, selection, wheel.PUBLISHED,
                                 ["make_imported.py", *(["--all"] if arguments.all else [])])
        path = arguments.output / f"{name}.json.gz"
        write_result(path, imported.result)
        lines += section(name, system, imported)
        print(f"{path}: {len(imported.result['benchmarks'])} entries, {path.stat().st_size / 1024:.0f} KiB")
    write_whole(arguments.output / "README.md", ("\n".join(lines) + "\n").encode())


if __name__ == "__main__":
    run_script("make_imported", lambda: run(parse_arguments()))
