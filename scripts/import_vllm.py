#!/usr/bin/env python3
"""Holds a measurement of vLLM against what gpugauge derives: a calibration factor, as JSON.

usage: import_vllm.py BENCH_JSON --proxy TOK_PER_S [--batch B] [--input-len I] [--output-len O]
       [--model NAME] [--precision NAME] [--device NAME] [--cards N] [-o FILE]

BENCH_JSON is what `vllm bench throughput --output-json`, `vllm bench latency --output-json` or `vllm bench serve
--save-result` wrote; which of them is seen from its fields. The factor is measured over proxy, both in output tokens
a second of the whole batch, prefill included:

  serve       output_throughput
  throughput  tokens_per_second counts input and output: only the output's share of it is taken
  latency     batch * output length / avg_latency

The proxy is the serving rate that gpugauge derives for the same model, card, batch and lengths. What vLLM does not
write down must be said: for `latency` and `throughput` the lengths and the batch (throughput's --max-num-seqs), for
`serve` the batch where it ran without --max-concurrency. What is said twice must agree.
`gpugauge --calibration` applies a factor where device, model and precision are those of a result file, so it needs all
three, by the names of `gpugauge tokens`. `latency` times the whole batch several times over: the fastest and the slowest
of them are the ends of the factor's interval.

Exit status: 0; 2 if the command line or the file is wrong.
"""

import hashlib
import json
import math
import pathlib
import sys

from command_line import LineParser, above_zero
from result_file import WrongInput, content_of, write_whole

TOLERANCE = 0.01  # a length that is an average over requests is not whole


class Bench:
    """The JSON of one benchmark, with checked fields."""

    def __init__(self, path):
        self.path = path
        try:
            self.text = content_of(path)
            self.fields = json.loads(self.text)
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            raise WrongInput(f"{path}: {error}") from error
        if not isinstance(self.fields, dict):
            raise WrongInput(f"{path}: expected an object, as `vllm bench` writes it")

    def number(self, name):
        value = self.fields.get(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not (math.isfinite(value) and value > 0):
            raise WrongInput(f"{self.path}: {name}: found {json.dumps(value)}, expected a number above 0")
        return value


    def times(self):
        """Seconds of each run of a whole batch, where the benchmark says them."""
        values = self.fields.get("latencies", [])
        if not isinstance(values, list) or not all(
                isinstance(value, (int, float)) and math.isfinite(value) and value > 0 for value in values):
            raise WrongInput(f"{self.path}: latencies: expected a list of numbers above 0")
        return values


class Said:
    """What the command line says of the point that was measured, and what the file says."""

    def __init__(self, path, arguments):
        self.path, self.arguments = path, arguments

    def get(self, name, of_file=None):
        given = getattr(self.arguments, name)
        option = "--" + name.replace("_", "-")
        if given is None and of_file is None:
            raise WrongInput(f"{self.path} does not contain it: {option} is needed")
        if given is not None and of_file is not None and abs(given - of_file) > TOLERANCE * of_file:
            raise WrongInput(f"{option} {given}: {self.path} says {of_file:g}")
        return given if of_file is None else of_file


# Each gives the output tokens a second, the batch, and the lengths of input and output. Fields as
# vllm/benchmarks/{serve,throughput,latency}.py write them.

def serve(bench, said):
    completed = bench.number("completed")
    concurrency = bench.number("max_concurrency") if bench.fields.get("max_concurrency") is not None else None
    return (bench.number("output_throughput"), said.get("batch", concurrency),
            said.get("input_len", bench.number("total_input_tokens") / completed),
            said.get("output_len", bench.number("total_output_tokens") / completed))


def throughput(bench, said):
    batch, input_len, output_len = (said.get(name) for name in ("batch", "input_len", "output_len"))
    a_request = bench.number("total_num_tokens") / bench.number("num_requests")
    if abs(a_request - input_len - output_len) > TOLERANCE * a_request:
        raise WrongInput(f"--input-len {input_len} and --output-len {output_len}: {bench.path} says {a_request:g} "
                         "tokens a request, both together")
    return bench.number("tokens_per_second") * output_len / (input_len + output_len), batch, input_len, output_len


def latency(bench, said):
    batch, input_len, output_len = (said.get(name) for name in ("batch", "input_len", "output_len"))
    return batch * output_len / bench.number("avg_latency"), batch, input_len, output_len


KINDS = {"output_throughput": serve, "tokens_per_second": throughput, "avg_latency": latency}


def calibration(arguments):
    bench = Bench(arguments.bench)
    field = next((name for name in KINDS if name in bench.fields), None)
    if field is None:
        raise WrongInput(f"{arguments.bench}: none of {', '.join(KINDS)}: not what `vllm bench` writes")
    measured, batch, input_len, output_len = KINDS[field](bench, Said(arguments.bench, arguments))
    factor = measured / arguments.proxy
    result = {
        "gpugauge_calibration": 1,
        "factor": factor,
        "measured_output_tokens_per_second": measured,
        "proxy_output_tokens_per_second": arguments.proxy,
        "batch": batch, "input_tokens": input_len, "output_tokens": output_len,
        "source": {"benchmark": f"vllm bench {KINDS[field].__name__}", "file": arguments.bench.name,
                   "sha256": hashlib.sha256(bench.text).hexdigest()},
    }
    times = bench.times()
    if len(times) > 1:
        result["factor_low"] = factor * bench.number("avg_latency") / max(times)
        result["factor_high"] = factor * bench.number("avg_latency") / min(times)
    for name, value in (("model", arguments.model or bench.fields.get("model_id")), ("precision", arguments.precision),
                        ("device", arguments.device), ("cards", arguments.cards),
                        ("failed_requests", bench.fields.get("failed"))):
        if value is not None:
            result[name] = value
    return result


def parse_arguments():
    parser = LineParser(description="Holds a measurement of vLLM against what gpugauge derives: a factor, as JSON.",
                        example="import_vllm.py bench.json --proxy 1042 --batch 8 --model llama-3.1-8b --precision fp8 "
                                "--device 'NVIDIA L40S' -o calibration.json")
    parser.add_argument("bench", type=pathlib.Path, metavar="BENCH_JSON",
                        help="what `vllm bench latency`, `throughput` or `serve` wrote as JSON")
    parser.add_argument("--proxy", required=True, type=above_zero(float), metavar="TOK_PER_S",
                        help="output tokens a second that gpugauge derives for the same point")
    for name, meaning in (("batch", "sequences at a time"), ("input-len", "tokens of a prompt"),
                          ("output-len", "tokens of an answer")):
        parser.add_argument(f"--{name}", type=above_zero(int), metavar="N",
                            help=f"{meaning}, where the file does not say so")
    parser.add_argument("--model", metavar="NAME", help="as `gpugauge tokens` names it (default: the file's)")
    parser.add_argument("--precision", metavar="NAME", help="as `gpugauge tokens` names it, e.g. fp8")
    parser.add_argument("--device", metavar="NAME", help="as the result file names it, e.g. 'NVIDIA L40S'")
    parser.add_argument("--cards", type=above_zero(int), metavar="N", help="cards that shared the model (default: 1)")
    parser.add_argument("-o", "--output", type=pathlib.Path, metavar="FILE", help="output file (default: standard output)")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    try:
        text = json.dumps(calibration(arguments), indent=2, allow_nan=False) + "\n"
        if arguments.output is None:
            sys.stdout.write(text)
        else:
            write_whole(arguments.output, text.encode(), [arguments.bench])
    except (WrongInput, OSError) as error:
        print(f"import_vllm: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
