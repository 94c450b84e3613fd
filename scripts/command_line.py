"""What the command lines of several scripts have in common."""

import argparse
import math
import pathlib


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
