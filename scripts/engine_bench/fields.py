"""Checked fields of one benchmark's JSON."""

import json

from result_file import WrongInput


LARGEST = 1e15  # of any number that a benchmark writes: products of two stay finite


def is_number(value):
    """NaN and infinity are none."""
    return not isinstance(value, bool) and isinstance(value, (int, float)) and abs(value) < LARGEST


class Fields:
    """`where` is for messages; names are paths like `successes.count`."""

    def __init__(self, where, values):
        self.where, self.values = where, values

    def get(self, name):
        """What stands there; None where it or a part of its path does not."""
        value = self.values
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        return value

    def has(self, name):
        return self.get(name) is not None

    def wrong(self, name, expected):
        raise WrongInput(f"{self.where}: {name}: found {json.dumps(self.get(name))[:60]}, expected {expected}")

    def number(self, name):
        value = self.get(name)
        if not is_number(value) or value <= 0:
            self.wrong(name, "a number above 0")
        return value

    def optional(self, name):
        """A number above 0, or None where it is absent or unknown (vLLM writes NaN and null)."""
        value = self.get(name)
        return value if is_number(value) and value > 0 else None

    def count(self, name):
        """How many; 0 where it is absent."""
        value = self.get(name)
        if value is None:
            return 0
        if not is_number(value) or value < 0:
            self.wrong(name, "a number of requests")
        return value

    def text(self, name):
        """None where it is absent or no text."""
        value = self.get(name)
        return value if isinstance(value, str) and value else None

    def rate(self, name):
        """Requests a second that were asked for; None where as fast as it goes: inf, -1 or absent."""
        value = self.get(name)
        if isinstance(value, str):
            try:
                value = float(value)
            except ValueError:
                self.wrong(name, "requests a second")
        return value if is_number(value) and value > 0 else None
