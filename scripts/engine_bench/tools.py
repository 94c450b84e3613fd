"""What each benchmark writes: from its fields to a measured point.

Fields as vllm/benchmarks/{serve,throughput,latency}.py, sglang's bench_serving.py, GuideLLM's benchmarks.json, AIPerf's
profile_export_aiperf.json and inference-perf's lifecycle metrics have them.
"""

import dataclasses
import statistics
from typing import Callable

from engine_bench.fields import is_number
from engine_bench.measured import Measured
from result_file import WrongInput

TOLERANCE = 0.01  # a length that is an average over requests is not whole


def request_latency_s(fields, output_len):
    whole = next((fields.optional(name) for name in ("mean_e2el_ms", "mean_e2e_latency_ms") if fields.optional(name)), None)
    first, each = fields.optional("mean_ttft_ms"), fields.optional("mean_tpot_ms")
    if whole is None and first and each:
        whole = first + (output_len - 1) * each
    return whole / 1e3 if whole else None


def served(fields, tool, own):
    """vLLM's bench serve and what is descended from it."""
    completed = fields.number("completed")
    backend = fields.get("backend")
    output_len = fields.number("total_output_tokens") / completed
    ramp = fields.get("ramp_up_strategy")
    prompts = fields.optional("num_prompts")
    return Measured(
        where=fields.where, label=tool if own(str(backend or "")) else f"{tool}, backend {backend}",
        output_rate=fields.number("output_throughput"), input_len=fields.number("total_input_tokens") / completed,
        output_len=output_len, concurrency=fields.number("max_concurrency") if fields.has("max_concurrency") else None,
        prompts=prompts, completed=completed, failed=max(fields.count("failed"), (prompts or completed) - completed),
        asked_rate=fields.rate("request_rate"),
        ramp=f"{ramp}, {fields.get('ramp_up_start_rps')} to {fields.get('ramp_up_end_rps')}/s" if ramp else "",
        request_rate=fields.optional("request_throughput"), latency_s=request_latency_s(fields, output_len),
        duration_s=fields.optional("duration"), total_output=fields.number("total_output_tokens"),
        model=fields.text("model_id"))


def vllm_serve(fields, _):
    return served(fields, "vllm bench serve", lambda backend: not backend or backend.startswith(("openai", "vllm")))


def sglang_serve(fields, _):
    return served(fields, "sglang bench_serving", lambda backend: backend.startswith("sglang"))


def vllm_throughput(fields, said):
    input_len, output_len = said("input_len"), said("output_len")
    requests, tokens = fields.number("num_requests"), fields.number("total_num_tokens")
    if abs(tokens / requests - input_len - output_len) > TOLERANCE * tokens / requests:
        raise WrongInput(f"--input-len {input_len} and --output-len {output_len}: {fields.where} says "
                         f"{tokens / requests:g} tokens a request, both together")
    share = output_len / (input_len + output_len)
    return Measured(where=fields.where, label="vllm bench throughput",
                    output_rate=fields.number("tokens_per_second") * share, input_len=input_len, output_len=output_len,
                    prompts=requests, completed=requests, request_rate=fields.optional("requests_per_second"),
                    duration_s=fields.optional("elapsed_time"), total_output=tokens * share)


def vllm_latency(fields, said):
    average, times = fields.number("avg_latency"), fields.get("latencies") or []
    if not isinstance(times, list) or not all(is_number(value) and value > 0 for value in times):
        raise WrongInput(f"{fields.where}: latencies: expected a list of numbers above 0")
    if times and abs(statistics.fmean(times) - average) > 0.1 * average:
        raise WrongInput(f"{fields.where}: inconsistent: avg_latency is {average:g}, the mean of latencies "
                         f"{statistics.fmean(times):g}")
    output_len = said("output_len")
    return Measured(where=fields.where, label="vllm bench latency", output_rate=said("batch") * output_len / average,
                    input_len=said("input_len"), output_len=output_len,
                    low=average / max(times, default=average), high=average / min(times, default=average))


def guidellm(fields, _):
    """One of the file's `benchmarks`."""
    metrics = lambda name: f"metrics.{name}.successful.mean"  # noqa: E731
    strategy = next((name for name in ("config.strategy", "args.strategy") if fields.has(name)), "config.strategy")
    kind = fields.get(f"{strategy}.type_")
    streams = fields.optional(f"{strategy}.streams") or (1 if kind == "synchronous" else None)
    return Measured(
        where=fields.where, label="guidellm", output_rate=fields.number(metrics("output_tokens_per_second")),
        input_len=fields.number(metrics("prompt_token_count")), output_len=fields.number(metrics("output_token_count")),
        concurrency=streams or fields.optional(f"{strategy}.max_concurrency"),
        completed=fields.number("metrics.request_totals.successful"), failed=fields.count("metrics.request_totals.errored"),
        asked_rate=fields.rate(f"{strategy}.rate"), request_rate=fields.optional(metrics("requests_per_second")),
        latency_s=fields.optional(metrics("request_latency")), in_flight=fields.optional(metrics("request_concurrency")),
        model=fields.text("config.backend.model"))


def aiperf(fields, _):
    if fields.get("was_cancelled"):
        raise WrongInput(f"{fields.where}: was_cancelled: the run was broken off, expected a whole one")
    names = fields.get("input_config.endpoint.model_names")
    latency_ms = fields.optional("request_latency.avg")
    ramps = [name for name in ("concurrency_ramp_duration", "request_rate_ramp_duration")
             if fields.optional(f"input_config.loadgen.{name}")]
    return Measured(
        where=fields.where, label="aiperf", output_rate=fields.number("output_token_throughput.avg"),
        input_len=fields.number("input_sequence_length.avg"), output_len=fields.number("output_sequence_length.avg"),
        concurrency=fields.optional("input_config.loadgen.concurrency"),
        prompts=fields.optional("input_config.loadgen.request_count"),
        completed=fields.number("request_count.avg"), failed=fields.count("error_request_count.avg"),
        asked_rate=fields.rate("input_config.loadgen.request_rate"), ramp=", ".join(ramps),
        request_rate=fields.optional("request_throughput.avg"), latency_s=latency_ms / 1e3 if latency_ms else None,
        duration_s=fields.optional("benchmark_duration.avg"), total_output=fields.optional("total_output_tokens.avg"),
        model=names[0] if isinstance(names, list) and len(names) == 1 and isinstance(names[0], str) else None)


def inference_perf(fields, _):
    concurrency = fields.optional("load_summary.concurrency")
    return Measured(
        where=fields.where, label="inference-perf",
        output_rate=fields.number("successes.throughput.output_tokens_per_sec"),
        input_len=fields.number("successes.prompt_len.mean"), output_len=fields.number("successes.output_len.mean"),
        concurrency=concurrency, completed=fields.number("successes.count"), failed=fields.count("failures.count"),
        # Its load is a rate of arrivals unless a stage says how many run at a time.
        asked_rate=None if concurrency else fields.rate("load_summary.requested_rate"),
        request_rate=fields.optional("successes.throughput.requests_per_sec"),
        latency_s=fields.optional("successes.latency.request_latency.mean"))


@dataclasses.dataclass(frozen=True)
class Tool:
    """`marks`: fields that nothing else has together."""
    name: str
    marks: tuple
    read: Callable


# A mark may be in the files of a later tool of this list, too.
TOOLS = (
    Tool("guidellm", ("metrics.request_totals", "metrics.output_tokens_per_second"), guidellm),
    Tool("aiperf", ("output_token_throughput.avg",), aiperf),
    Tool("inference-perf", ("load_summary", "successes"), inference_perf),
    Tool("sglang bench_serving", ("output_throughput", "total_output_tokens_retokenized"), sglang_serve),
    Tool("vllm bench serve", ("output_throughput",), vllm_serve),
    Tool("vllm bench throughput", ("tokens_per_second",), vllm_throughput),
    Tool("vllm bench latency", ("avg_latency",), vllm_latency),
)


def tool_of(fields):
    for tool in TOOLS:
        if all(mark.split(".")[0] in fields.values if "." not in mark else fields.has(mark) for mark in tool.marks):
            return tool
    raise WrongInput(f"{fields.where}: none of {', '.join('+'.join(tool.marks) for tool in TOOLS)}: not what `vllm bench` "
                     "writes, nor sglang bench_serving, guidellm, aiperf or inference-perf")
