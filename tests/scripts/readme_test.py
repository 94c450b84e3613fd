"""Every README: links lead somewhere, paths exist, commands and options are those of the program; the first one is short."""

import functools
import os
import pathlib
import re
import shlex
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(os.environ.get("GPUGAUGE_BINARY", SOURCE / "build/gpugauge"))
READMES = [SOURCE / "README.md", SOURCE / "results/README.md",
           *(file for folder in ("configs", "harness", "kernels", "scripts", "tests")
             for file in sorted((SOURCE / folder).glob("**/README.md")))]
LINES, COLUMNS = 100, 120

LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CODE_SPAN = re.compile(r"`([^`\n]+)`")
COMMAND = re.compile(r"(?:^|[\s(])(?:[\w./-]*/)?gpugauge ((?:[a-z][a-z-]*)(?: [a-z]+)?)([^\n|`]*)", re.MULTILINE)
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
BRACES = re.compile(r"\{([^{}]*)\}")


def headings_of(file):
    """The anchors of a page, as GitHub makes them."""
    text = CODE_BLOCK.sub("", file.read_text())
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
            for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}


def expanded(pattern):
    """`a.{cpp,hpp}` as a.cpp and a.hpp."""
    braces = BRACES.search(pattern)
    if not braces:
        return [pattern]
    return [text for choice in braces.group(1).split(",")
            for text in expanded(pattern[:braces.start()] + choice + pattern[braces.end():])]


def missing_paths(file):
    """Paths in code spans that begin with a folder of the README's or of the checkout, and do not exist there."""
    for span in CODE_SPAN.findall(CODE_BLOCK.sub("", file.read_text())):
        if not re.fullmatch(r"(?:\./)?[\w.{},*-]+(?:/[\w.{},*-]*)+", span) or span.startswith("build"):
            continue
        bases = [base for base in (file.parent, SOURCE) if (base / span.split("/")[0]).is_dir()]
        for path in expanded(span.removeprefix("./")):
            if bases and not any(list(base.glob(path.rstrip("/"))) if "*" in path else (base / path).exists() for base in bases):
                yield path


@functools.cache
def help_of(*command):
    return subprocess.run([BINARY, *command, "--help"], capture_output=True, text=True, check=True,
                          env={**os.environ, "GPUGAUGE_CONFIGS": str(SOURCE / "configs")}).stdout


def commands_of(*command):
    _, _, listed = help_of(*command).partition("\nSubcommands:\n")
    return re.findall(r"^  ([a-z][\w-]*) ", listed.partition("\n\n")[0], re.MULTILINE)


def wrong_commands(text):
    """Commands in code that the program does not have, and options that the command does not have."""
    code = [block for block in CODE_BLOCK.findall(text)] + CODE_SPAN.findall(CODE_BLOCK.sub("", text))
    for words, rest in (match.groups() for piece in code for match in COMMAND.finditer(piece)):
        first, _, second = words.partition(" ")
        if first not in commands_of():
            yield first
            continue
        command = [first, second] if second in commands_of(first) else [first]
        known = " ".join(help_of(*command).split()) + " --help"
        options = re.split(r" -- |#", rest)[0]
        yield from (f"{' '.join(command)} {option}" for option in OPTION.findall(options)
                    if not re.search(rf"(?<![\w-]){option}(?![\w-])", known))


class ReadmeTest(unittest.TestCase):
    def test_the_first_page_is_short(self):
        lines = READMES[0].read_text().splitlines()
        self.assertLessEqual(len(lines), LINES)
        self.assertEqual([number for number, line in enumerate(lines, 1) if len(line) > COLUMNS], [])

    def test_every_link_leads_somewhere(self):
        broken = []
        for file in READMES:
            for link in LINK.findall(CODE_BLOCK.sub("", file.read_text())):
                path, _, anchor = link.partition("#")
                target = file.parent / path if path else file
                if re.match(r"\w+:", link):
                    continue
                if not target.exists() or anchor and anchor not in headings_of(target):
                    broken.append(f"{file.relative_to(SOURCE)}: {link}")
        self.assertEqual(broken, [])

    def test_every_path_exists(self):
        self.assertEqual([f"{file.relative_to(SOURCE)}: {path}" for file in READMES for path in missing_paths(file)], [])

    @unittest.skipUnless(os.access(BINARY, os.X_OK), f"{BINARY} is not built")
    def test_every_command_and_option_is_the_program_s(self):
        self.assertGreater(len(commands_of()), 15)
        self.assertEqual([f"{file.relative_to(SOURCE)}: {name}" for file in READMES for name in wrong_commands(file.read_text())], [])

    @unittest.skipUnless(os.access(BINARY, os.X_OK), f"{BINARY} is not built")
    def test_the_times_of_the_suites_are_those_of_list(self):
        stated = re.findall(r"^\| suite `(\w+)`.*? \| (\d+(?: min \d+)? s)\b", READMES[0].read_text(), re.MULTILINE)
        self.assertEqual([name for name, _ in stated], ["quick", "datasheet", "nightly", "full"])
        for name, time in stated:
            listed = subprocess.run([BINARY, "list", "--suite", name, "--device", "h100-sxm5"], capture_output=True,
                                    text=True, check=True, env={**os.environ, "GPUGAUGE_CONFIGS": str(SOURCE / "configs")}).stdout
            total = re.search(r"at most about (.*) of sampling", listed)
            if not total:
                self.skipTest("a build without CUDA plans nothing on a card")
            self.assertEqual((name, time), (name, total[1]))

    @unittest.skipUnless(os.access(BINARY, os.X_OK), f"{BINARY} is not built")
    def test_the_commands_without_a_card_run_and_print_the_answer_that_stands_below_them(self):
        section = (SOURCE / "README.md").read_text().partition("\n## No card yet\n")[2].partition("\n## ")[0]
        commands, answer = (block.strip("`\n") for block in CODE_BLOCK.findall(section))
        lines = [shlex.split(line, comments=True) for line in commands.splitlines()]
        self.assertGreaterEqual(len(lines), 3)
        with tempfile.TemporaryDirectory() as folder:
            results = [subprocess.run([BINARY, *words[1:]], capture_output=True, text=True, cwd=folder,
                                      env={**os.environ, "GPUGAUGE_CONFIGS": str(SOURCE / "configs")}) for words in lines]
        for words, result in zip(lines, results):
            self.assertEqual(result.returncode, 0, (words, result.stderr))
        self.assertTrue(results[0].stdout.startswith(" ".join(answer.split())), results[0].stdout[:300])

    def test_a_wrong_command_and_option_are_found(self):
        text = "`gpugauge measure FILE`, `gpugauge track add --nights x`\n```\ngpugauge run --suit nightly -- --benchmark_x\n```\n"
        self.assertEqual(sorted(wrong_commands(text)), ["measure", "run --suit", "track add --nights"])


if __name__ == "__main__":
    unittest.main()
