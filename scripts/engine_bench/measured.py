"""One point that a benchmark measured, and whether it can be held against what is derived for a batch."""

import dataclasses
from typing import Optional

from result_file import WrongInput

FAILED_SHARE = 0.05  # above it what was measured is not the engine at this load
CONSISTENT = 0.1  # totals and rates of one run: a benchmark may count its duration a little differently
IN_FLIGHT = 0.2  # the ramp at the beginning and the tail at the end of a run


@dataclasses.dataclass
class Measured:
    """Rates are per second, of the whole batch; what the file does not say is None."""
    where: str
    label: str
    output_rate: float
    input_len: Optional[float] = None
    output_len: Optional[float] = None
    concurrency: Optional[float] = None  # the most that were let in at a time
    prompts: Optional[float] = None
    completed: Optional[float] = None
    failed: float = 0
    asked_rate: Optional[float] = None  # of arrivals; None: as fast as it goes
    ramp: str = ""
    request_rate: Optional[float] = None
    latency_s: Optional[float] = None  # mean of a request, from its start to its last token
    in_flight: Optional[float] = None  # mean, where the benchmark counted it
    duration_s: Optional[float] = None
    total_output: Optional[float] = None
    model: Optional[str] = None
    low: float = 1  # the slowest run over the middle one
    high: float = 1


def agree(measured, what, product, name, total):
    if abs(product - total) > CONSISTENT * max(product, total):
        raise WrongInput(f"{measured.where}: inconsistent: {what} is {product:.6g}, but {name} says {total:.6g}")


def check_totals(m):
    for what, length in (("a prompt", m.input_len), ("an answer", m.output_len)):
        if length < 1:
            raise WrongInput(f"{m.where}: {length:g} tokens of {what} on average, expected at least 1")
    if m.duration_s and m.total_output:
        agree(m, f"{m.output_rate:g} output tokens a second over {m.duration_s:g} s", m.output_rate * m.duration_s,
              "the sum of output tokens", m.total_output)
    if m.duration_s and m.request_rate and m.completed:
        agree(m, f"{m.request_rate:g} requests a second over {m.duration_s:g} s", m.request_rate * m.duration_s,
              "the number of completed requests", m.completed)
    if m.request_rate and m.output_len:
        agree(m, f"{m.request_rate:g} requests a second of {m.output_len:g} output tokens", m.request_rate * m.output_len,
              "the output rate", m.output_rate)


def check_failures(m):
    """A warning, or nothing."""
    if not m.failed:
        return []
    requests = m.completed + m.failed
    text = f"{m.failed:g} of {requests:g} requests failed"
    if m.failed > FAILED_SHARE * requests:
        raise WrongInput(f"{m.where}: {text}, expected at most {FAILED_SHARE:.0%}: what was measured is not the engine "
                         "at this load")
    return [text]


def batch_of(m, given):
    """(batch, warnings): the sequences that ran at a time, which is not always what was asked for."""
    if m.ramp:
        raise WrongInput(f"{m.where}: the request rate rose during the run ({m.ramp}): expected a run at one load")
    asked = min((value for value in (m.concurrency, m.prompts) if value), default=None) if m.concurrency else None
    in_flight, how = m.in_flight, "as the benchmark counted"
    if in_flight is None and m.request_rate and m.latency_s:
        in_flight, how = m.request_rate * m.latency_s, f"{m.request_rate:g}/s x {m.latency_s:.3g} s"
    if in_flight is None:
        if m.asked_rate:
            raise WrongInput(f"{m.where}: requests arrived at {m.asked_rate:g}/s, and no mean latency says how many were "
                             "in flight: the arrivals were measured, not the engine")
        return one_batch(m, given, asked)
    if asked and in_flight > (1 + IN_FLIGHT) * asked:
        raise WrongInput(f"{m.where}: inconsistent: {in_flight:.3g} requests were in flight ({how}), but {asked:g} at "
                         "most were let in")
    expected = asked or given
    if expected and abs(in_flight - expected) <= IN_FLIGHT * expected:
        return one_batch(m, given, expected)
    if in_flight < 1:
        raise WrongInput(f"{m.where}: {in_flight:.2g} requests were in flight ({how}): the engine was idle most of the "
                         "time, expected at least 1")
    batch = round(in_flight, 2)
    if given and abs(given - batch) > IN_FLIGHT * batch:
        raise WrongInput(f"--batch {given}: in {m.where} {batch:g} requests were in flight ({how})")
    why = f"requests arrived at {m.asked_rate:g}/s" if m.asked_rate else \
        f"{m.concurrency:g} were let in at a time" if m.concurrency else "no limit was set"
    return batch, [f"the batch is {batch:g}: so many requests were in flight ({how}); {why}"]


def one_batch(m, given, asked):
    if given is None and asked is None:
        raise WrongInput(f"{m.where} does not contain it: --batch is needed")
    if given is not None and asked is not None and given != asked:
        raise WrongInput(f"--batch {given}: {m.where} says {asked:g}")
    batch = asked or given
    if batch < 1:
        raise WrongInput(f"{m.where}: {batch:g} requests at a time, expected at least 1")
    if m.prompts and batch > m.prompts:
        raise WrongInput(f"--batch {batch:g}: {m.where} has {m.prompts:g} prompts in all")
    fewer = m.concurrency and batch < m.concurrency
    return batch, [f"the batch is {batch:g}: there were {m.prompts:g} prompts for {m.concurrency:g} at a time"] if fewer \
        else []
