"""The benchmarks in a file: one JSON, several in a row (--append-result, JSON lines), a list, or GuideLLM's report."""

import json
import re

from engine_bench.fields import Fields
from result_file import WrongInput, content_of


def documents(path, text):
    decoder, found = json.JSONDecoder(), []
    at = end_of_blanks(text, 0)
    while at < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except (json.JSONDecodeError, RecursionError) as error:
            raise WrongInput(f"{path}: {error}") from error
        found.append(value)
        at = end_of_blanks(text, at)
    return found


def end_of_blanks(text, at):
    return re.compile(r"[ \t\r\n]*").match(text, at).end()


def results_in(value):
    if isinstance(value, list):
        return [result for each in value for result in results_in(each)]
    if isinstance(value, dict) and isinstance(value.get("benchmarks"), list) and "output_throughput" not in value:
        return value["benchmarks"]
    return [value]


def benchmarks_of(path):
    """([Fields], bytes)."""
    content = content_of(path)
    try:
        text = content.decode(json.detect_encoding(content)).lstrip("\ufeff")
    except UnicodeDecodeError as error:
        raise WrongInput(f"{path}: {error}") from error
    values = [result for value in documents(path, text) for result in results_in(value)]
    if not values or not all(isinstance(value, dict) for value in values):
        raise WrongInput(f"{path}: expected an object, as `vllm bench` writes it")
    if len(values) == 1:
        return [Fields(str(path), values[0])], content
    return [Fields(f"{path}, result {number}", value) for number, value in enumerate(values, 1)], content
