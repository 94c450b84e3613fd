#!/usr/bin/env python3
"""Turns the per-op latencies of NVIDIA's aiconfigurator into a result file of gpugauge.

usage: import_aiconfigurator.py [SYSTEMS] --system NAME -o FILE [options]

SYSTEMS is the wheel aiconfigurator-core, or its folder `systems`: NAME.yaml beside data/NAME. Without it the wheel is
downloaded into .cache/ once (82 MB). FILE is compressed where its name ends with .gz. A card that one does not have can
then stand in a comparison: every entry is labelled `imported`. It has one time, no samples and no verification.

Read are GEMMs (bfloat16, and fp8 per tensor with the quantisation of their input), attention over the whole context
(decode with a bfloat16 or fp8 cache, prefill with a bfloat16 one), and all-reduces of 16-bit numbers over 2, 4 and 8
cards: NCCL's, and those of the backend itself. A table that a version lacks is the one that its reuse.yaml names, else
the newest that is older. Where rows name several cards, the name in most of them counts unless --device says another.
What was left out, and why, is printed for every table.

Of m only powers of two and three times these are taken, unless --every-m is given; --models keeps what lies next to
the linears of these models and their attention, on 1 to 8 cards; --heads keeps attention of
that many query heads, key and value heads, and elements a head. The tables do not say how long a page of the KV cache
is: it is taken to be vLLM's default.

The tables' FP8 GEMMs take scales of each input, as a checkpoint with dynamic activation scales does. --static-scales
takes off the time of these (computescale_perf: 7 us of a GEMM of TensorRT-LLM, 1 us of vLLM's), as aiconfigurator does
for checkpoints with static scales; such an entry's kernel is named NAME.static_scales.

An entry that is faster than the memory of the card is marked `hot`: it was read from the cache, and no step is made
of it. In an engine the weights of a whole step pass through the cache between two attentions of a layer, so that the
KV cache comes from memory, however small it is.

Exit status: 0; 2 if the command line or a file is wrong; 3 if a Parquet table cannot be read here.
"""

import argparse
import pathlib
import re
import sys

from aiconfigurator_import import wheel
from aiconfigurator_import.importing import Selection, import_tables
from aiconfigurator_import.shapes import model_path, shapes_of
from aiconfigurator_import.systems import Systems
from command_line import LineParser
from result_file import run_script, utc_now, write_result


def heads_argument(text):
    match = re.fullmatch(r"(\d+)/(\d+)/(\d+)", text)
    if not match:
        raise argparse.ArgumentTypeError(f"'{text}', expected HEADS/KV_HEADS/HEAD_DIM, e.g. 32/8/128")
    return tuple(map(int, match.groups()))


def parse_arguments():
    parser = LineParser(description="Turns the per-op latencies of NVIDIA's aiconfigurator into a result file of gpugauge.",
                        example="import_aiconfigurator.py --system h100_sxm --backend vllm -o h100.json.gz")
    parser.add_argument("systems", nargs="?", type=pathlib.Path, metavar="SYSTEMS",
                        help=f"the wheel {wheel.PACKAGE}, or its folder systems (default: {wheel.VERSION} from the Python "
                             f"index, {wheel.MEGABYTES} MB, kept in .cache)")
    parser.add_argument("--system", required=True, metavar="NAME",
                        help="the card, as the tables name it: h100_sxm, l40s, …; a wrong name lists those that are there")
    parser.add_argument("-o", "--output", required=True, type=pathlib.Path, metavar="FILE",
                        help="the result file to write; compressed where it ends with .gz")
    parser.add_argument("--backend", metavar="NAME",
                        help="the serving engine that was measured: vllm, trtllm or sglang (default: the only one there)")
    parser.add_argument("--version", metavar="V", help="of the backend (default: the only one with GEMMs)")
    parser.add_argument("--device", metavar="NAME",
                        help="of tables with rows of several cards the one to take, e.g. 'NVIDIA L40S' (default: that of most "
                             "rows)")
    parser.add_argument("--models", nargs="+", default=[], metavar="MODEL",
                        help="keep only what these models need: names or files of configs/models (default: everything)")
    parser.add_argument("--heads", action="append", type=heads_argument, default=[], metavar="H/KV/D",
                        help="keep attention of this head layout: query heads/KV heads/head dim, 32/8/128; may be repeated")
    parser.add_argument("--every-m", action="store_true",
                        help="GEMMs of every m, not only of powers of two and three times these")
    parser.add_argument("--static-scales", action="store_true", help="FP8 GEMMs of a checkpoint with static scales")
    return parser.parse_args()


def run(arguments):
    linears, heads = shapes_of([model_path(model) for model in arguments.models])
    selection = Selection(heads | set(arguments.heads), linears, arguments.every_m, arguments.static_scales,
                          arguments.device)
    systems = Systems(arguments.systems or wheel.fetch())
    imported = import_tables(systems, arguments.system, arguments.backend, arguments.version, selection,
                             utc_now(), ["import_aiconfigurator.py", *sys.argv[1:]])
    write_result(arguments.output, imported.result)
    entries = imported.result["benchmarks"]
    hot = sum(entry["gpugauge"]["case"]["cache"] == "hot" for entry in entries)
    print(f"{arguments.output}: {len(entries)} imported, {hot} of them from the cache")
    for line in imported.report:
        print(f"  {line}")


if __name__ == "__main__":
    run_script("import_aiconfigurator", lambda: run(parse_arguments()))
