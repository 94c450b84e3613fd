#!/usr/bin/python3
"""Checks result files against configs/schema/result.schema.json, without any code of gpugauge.

Usage: validate_result.py FILE...

Says for each file what is wrong with it, and where; exits with 1 if anything is.
"""

import json
import pathlib
import sys

import jsonschema

SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "configs/schema/result.schema.json"


def refuse_constant(name):
    raise ValueError(f"{name} is not JSON")


def refuse_duplicates(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("an object has the same key twice")
    return members


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file, parse_constant=refuse_constant, object_pairs_hook=refuse_duplicates)


def problems_of(path, validator):
    """What is wrong with one file, one line each."""
    try:
        result = load(path)
    except (OSError, ValueError) as error:
        return [str(error)]
    problems = []
    for error in validator.iter_errors(result):
        where = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in error.absolute_path)
        problems.append(f"{where.lstrip('.') or 'the file'}: {error.message[:300]}")
    # What a schema cannot say.
    for index, entry in enumerate(result["benchmarks"] if not problems else []):
        samples = entry["gpugauge"]["samples"]
        for name, column in samples.items():
            if isinstance(column, list) and len(column) != samples["count"]:
                problems.append(
                    f"benchmarks[{index}].gpugauge.samples.{name}: {len(column)} samples, "
                    f"expected {samples['count']}"
                )
    return problems


def main(paths):
    if not paths:
        sys.exit(__doc__)
    schema = load(SCHEMA)
    validator_class = jsonschema.validators.validator_for(schema)
    validator_class.check_schema(schema)
    validator = validator_class(schema)
    failed = False
    for path in paths:
        for problem in problems_of(path, validator):
            print(f"{path}: {problem}", file=sys.stderr)
            failed = True
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
