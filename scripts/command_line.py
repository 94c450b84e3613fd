"""What the command lines of several scripts have in common."""

import argparse
import difflib
import itertools
import math
import pathlib
import sys


def nearest(word, known):
    """`; did you mean 'X'?`, where one of the known words is close to it."""
    close = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean '{close[0]}'?" if close else ""


class LineParser(argparse.ArgumentParser):
    """Says what is wrong with a command line in one line, with an example; a mistyped option comes before a missing one."""

    def __init__(self, *, example, **settings):
        super().__init__(formatter_class=argparse.RawDescriptionHelpFormatter, epilog=f"Example:\n  {example}", **settings)
        self.example = example

    def parse_args(self, args=None, namespace=None):
        words = sys.argv[1:] if args is None else args
        for word in itertools.takewhile(lambda word: word != "--", words):
            name = str(word).partition("=")[0]
            if name.startswith("--") and not any(option.startswith(name) for option in self._option_string_actions):
                self.error(f"no option {name}{nearest(name, self._option_string_actions)}")
        return super().parse_args(args, namespace)

    def error(self, message):
        more = f"; e.g. {self.example}" if "required" in message else " (--help lists the options)"
        self.exit(2, f"{self.prog.removesuffix('.py')}: {message}{more}\n")


def above_zero(kind, below=math.inf):
    """An argument's type: a finite number of that kind above 0."""
    def parse(text):
        try:
            value = kind(text)
        except ValueError:
            value = 0
        if not 0 < value < below:
            raise argparse.ArgumentTypeError(f"'{text}', expected a number above 0")
        return value
    return parse


def check_new_folder(parser, folder):
    """Ends with a usage error where the folder's name is taken by anything but an empty folder."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        parser.error(f"'{folder}' is there already and is not an empty folder")


def find_program():
    """gpugauge beside the scripts of a folder that package.sh made, or in the checkout's build."""
    root = pathlib.Path(__file__).resolve().parents[1]
    places = [root / "gpugauge", root / "build/gpugauge"]
    return next((place for place in places if place.is_file()), places[-1])
