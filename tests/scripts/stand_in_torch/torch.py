"""A stand-in for PyTorch on a GPU, for tests: it keeps the order of its calls, and computes copies alone.

Every call is a line of JSON in the file that STAND_IN_CALLS names: what was called, and whether a capture was under way.
A replay does nothing; the time between two events is 1 ms. STAND_IN_TORCH_VERSION below 2.8 has no external events.
"""

import contextlib
import json
import math
import os

__version__ = os.environ.get("STAND_IN_TORCH_VERSION", "2.9.0+stand-in")


class Type(str):
    @property
    def itemsize(self):
        return {"fp32": 4, "fp8_e4m3": 1}.get(self, 2)


float32, bfloat16, float16, float8_e4m3fn = map(Type, ("fp32", "bf16", "fp16", "fp8_e4m3"))


def called(name, **what):
    with open(os.environ["STAND_IN_CALLS"], "a", encoding="utf-8") as file:
        print(json.dumps({"call": name, "captured": cuda.captures, **what}), file=file)


class Truth:
    def __init__(self, value):
        self.value = value

    def all(self):
        return self.value


class Tensor:
    made = 0

    def __init__(self, count, value):
        self.count, self.value, self.number = count, value, Tensor.made
        Tensor.made += 1

    def numel(self):
        return self.count

    def copy_(self, source):
        called("copy", target=self.number)
        self.value = source.value

    def fill_(self, value):
        called("fill", target=self.number)
        self.written_before, self.value = self.value, value
        cuda.poisoned.append(self)


class device:
    def __init__(self, name):
        self.type = name.split(":")[0]


class version:
    cuda = "13.0"


class Event:
    def __init__(self, enable_timing=False, external=False):
        self.kind = {"timing": enable_timing, "external": external}

    def record(self):
        called("record", event=id(self), **self.kind)

    def synchronize(self):
        called("event.synchronize")

    def elapsed_time(self, last):
        called("elapsed_time", first=id(self), last=id(last))
        return 1.0


class EventBefore28(Event):
    def __init__(self, enable_timing=False):
        super().__init__(enable_timing)


class Stream:
    def wait_stream(self, other):
        pass

    def synchronize(self):
        called("stream.synchronize")


class CUDAGraph:
    def replay(self):
        called("replay")
        # What the launches of the graph write, they write anew.
        for tensor in cuda.poisoned:
            tensor.value = tensor.written_before
        cuda.poisoned.clear()


class cuda:
    captures = False
    poisoned = []
    Event = Event if __version__ >= "2.8" else EventBefore28
    Stream, CUDAGraph = Stream, CUDAGraph

    @staticmethod
    def is_available():
        return True

    @staticmethod
    def device_count():
        return 1

    @staticmethod
    def set_device(name):
        pass

    @staticmethod
    def current_stream():
        return Stream()

    @staticmethod
    def stream(stream):
        return contextlib.nullcontext()

    @staticmethod
    @contextlib.contextmanager
    def graph(graph):
        cuda.captures = True
        called("capture begins")
        yield
        called("capture ends")
        cuda.captures = False

    @staticmethod
    def synchronize():
        called("synchronize")

    @staticmethod
    def clock_rate(device):
        return 1700

    @staticmethod
    def empty_cache():
        pass

    @staticmethod
    def get_device_capability(device):
        return (9, 0)


def manual_seed(seed):
    pass


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    raise RuntimeError(f"the stand-in for PyTorch has no {name}: it computes copies alone")


def randn(count, device=None, dtype=None):
    if dtype is not None:
        raise RuntimeError(f"the stand-in for PyTorch has no {dtype}: it computes copies alone")
    return Tensor(count, 0.5 + Tensor.made)


def empty(count, device=None):
    return Tensor(count, math.nan)


def equal(a, b):
    return a.value == b.value


def isfinite(tensor):
    return Truth(math.isfinite(tensor.value))
