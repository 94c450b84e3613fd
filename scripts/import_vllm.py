#!/usr/bin/env python3
"""Holds a measurement of a serving engine against what gpugauge derives: a calibration factor, as JSON.

usage: import_vllm.py BENCH_JSON --proxy TOK_PER_S [--batch B] [--input-len I] [--output-len O] [--result N]
       [--concurrency C] [--model NAME] [--precision NAME] [--device NAME] [--cards N] [-o FILE]

BENCH_JSON is what `vllm bench throughput --output-json`, `vllm bench latency --output-json` or `vllm bench serve
--save-result` wrote, sglang's bench_serving, GuideLLM (benchmarks.json), AIPerf (profile_export_aiperf.json) or
inference-perf (stage_N_lifecycle_metrics.json); which of them is seen from its fields, and said in the calibration. Of
several results in a file --result or --concurrency takes one. The factor is measured over proxy, both in output tokens a
second of the whole batch, prefill included:

  serve       output_throughput, as in the other engines' files
  throughput  tokens_per_second counts input and output: only the output's share of it is taken
  latency     batch * output length / avg_latency

The batch is what really ran at a time: by Little's law, requests a second x mean latency. It is not the limit that was
asked for where requests arrived at a rate, or where there were fewer prompts; then a warning says so. Refused are a run
whose rate rose, one of which more than 5% of the requests failed, and totals that contradict each other.

The proxy is the serving rate that gpugauge derives for the same model, card, batch and lengths. What the file does not
contain must be said: for `latency` and `throughput` the lengths and the batch (throughput's --max-num-seqs). What is said
twice must agree. `gpugauge --calibration` applies a factor where device, model and precision are those of a result file,
so it needs all three, by the names of `gpugauge tokens`, and repeats the warnings. `latency` times the whole batch several
times over: the fastest and the slowest of them are the ends of the factor's interval.

Exit status: 0; 2 if the command line or the file is wrong.
"""

import hashlib
import json
import pathlib
import sys

from command_line import LineParser, above_zero
from engine_bench.measured import batch_of, check_failures, check_totals
from engine_bench.reading import benchmarks_of
from engine_bench.tools import TOLERANCE, tool_of
from result_file import WrongInput, write_whole


def option_of(name):
    return "--" + name.replace("_", "-")


def chosen(benchmarks, arguments):
    """The one that is meant."""
    left = list(enumerate(benchmarks, 1))
    if arguments.result is not None:
        left = [one for one in left if one[0] == arguments.result]
    if arguments.concurrency is not None:
        left = [one for one in left if tool_of(one[1]).read(one[1], said(one[1], arguments)).concurrency
                == arguments.concurrency]
    if len(left) == 1:
        return left[0][1]
    found = "several are meant" if left else "none is meant"
    raise WrongInput(f"{arguments.bench} holds {len(benchmarks)} benchmarks and {found}: --result 1 to {len(benchmarks)} or "
                     "--concurrency takes one")


def said(fields, arguments):
    def get(name):
        if getattr(arguments, name) is None:
            raise WrongInput(f"{fields.where} does not contain it: {option_of(name)} is needed")
        return getattr(arguments, name)
    return get


def calibration(arguments):
    """It, and what is to be said of it."""
    benchmarks, content = benchmarks_of(arguments.bench)
    fields = chosen(benchmarks, arguments)
    measured = tool_of(fields).read(fields, said(fields, arguments))
    failures = check_failures(measured)
    check_totals(measured)
    for name in ("input_len", "output_len"):
        given, of_file = getattr(arguments, name), getattr(measured, name)
        if given is not None and abs(given - of_file) > TOLERANCE * of_file:
            raise WrongInput(f"{option_of(name)} {given}: {fields.where} says {of_file:g}")
    batch, warnings = batch_of(measured, arguments.batch)
    factor = measured.output_rate / arguments.proxy
    result = {
        "gpugauge_calibration": 1,
        "factor": factor,
        "measured_output_tokens_per_second": measured.output_rate,
        "proxy_output_tokens_per_second": arguments.proxy,
        "batch": batch, "input_tokens": measured.input_len, "output_tokens": measured.output_len,
        "source": {"benchmark": measured.label, "file": arguments.bench.name, "sha256": hashlib.sha256(content).hexdigest()},
    }
    if measured.low < measured.high:
        result["factor_low"], result["factor_high"] = factor * measured.low, factor * measured.high
    if measured.completed is not None:
        result["failed_requests"], result["completed_requests"] = int(measured.failed), int(measured.completed)
    if warnings:
        result["warnings"] = warnings
    for name, value in (("model", arguments.model or measured.model), ("precision", arguments.precision),
                        ("device", arguments.device), ("cards", arguments.cards)):
        if value is not None:
            result[name] = value
    return result, [*failures, *warnings]


def parse_arguments():
    parser = LineParser(description="Holds a measurement of a serving engine against what gpugauge derives: a factor, as JSON.",
                        example="import_vllm.py bench.json --proxy 1042 --batch 8 --model llama-3.1-8b --precision fp8 "
                                "--device 'NVIDIA L40S' -o calibration.json")
    parser.add_argument("bench", type=pathlib.Path, metavar="BENCH_JSON",
                        help="what `vllm bench latency`, `throughput` or `serve`, sglang's bench_serving, GuideLLM, AIPerf or "
                             "inference-perf wrote as JSON")
    parser.add_argument("--proxy", required=True, type=above_zero(float), metavar="TOK_PER_S",
                        help="output tokens a second that gpugauge derives for the same point")
    for name, meaning in (("batch", "sequences at a time"), ("input-len", "tokens of a prompt"),
                          ("output-len", "tokens of an answer")):
        parser.add_argument(f"--{name}", type=above_zero(int), metavar="N",
                            help=f"{meaning}, where the file does not say so")
    parser.add_argument("--result", type=above_zero(int), metavar="N", help="of several results in the file the Nth")
    parser.add_argument("--concurrency", type=above_zero(int), metavar="C", help="of several the one that let C in at a time")
    parser.add_argument("--model", metavar="NAME", help="as `gpugauge tokens` names it (default: the file's)")
    parser.add_argument("--precision", metavar="NAME", help="as `gpugauge tokens` names it, e.g. fp8")
    parser.add_argument("--device", metavar="NAME", help="as the result file names it, e.g. 'NVIDIA L40S'")
    parser.add_argument("--cards", type=above_zero(int), metavar="N", help="cards that shared the model (default: 1)")
    parser.add_argument("-o", "--output", type=pathlib.Path, metavar="FILE", help="output file (default: standard output)")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    try:
        result, warnings = calibration(arguments)
        text = json.dumps(result, indent=2, allow_nan=False) + "\n"
        if arguments.output is None:
            sys.stdout.write(text)
        else:
            write_whole(arguments.output, text.encode(), [arguments.bench])
    except (WrongInput, OSError) as error:
        print(f"import_vllm: {error}", file=sys.stderr)
        sys.exit(2)
    for warning in warnings:
        print(f"import_vllm: warning: {arguments.bench}: {warning}", file=sys.stderr)


if __name__ == "__main__":
    main()
