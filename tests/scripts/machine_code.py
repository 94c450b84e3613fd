"""What the compiler made of the kernels: their instructions, registers and memory.

usage: machine_code.py refresh LIBRARY

`refresh` writes tests/data/machine_code.csv anew from a built library, which machine_code_test.py compares with it.
cuobjdump is looked for in $PATH, beside $GPUGAUGE_NVCC and among the wheels that setup.sh installs.
"""

import collections
import csv
import dataclasses
import os
import pathlib
import re
import shutil
import subprocess
import sys

from load_waits import load_waits

SOURCE = pathlib.Path(__file__).resolve().parents[2]
TABLE = SOURCE / "tests/data/machine_code.csv"
REQUIREMENTS = SOURCE / "tests/data/machine_code_requirements.csv"
REFRESH = "python3 tests/scripts/machine_code.py refresh build/libgpugauge_kernels.a"

# Registers that a kernel may take beyond its row in the table.
TOLERATED_REGISTERS = 4


@dataclasses.dataclass(frozen=True, order=True)
class Kernel:
    file: str
    name: str  # gemm_mma_kernel<Bf16, 2>
    architecture: str  # sm_89

    def __str__(self):
        return f"{self.name} of {self.file} for {self.architecture}"


@dataclasses.dataclass
class Code:
    registers: int = 0
    stack_bytes: int = 0
    shared_bytes: int = 0  # static; from Hopper on with the 1024 that the system takes
    instructions: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    listing: list = dataclasses.field(default_factory=list, repr=False)  # (address, text) of each


# ---- reading what cuobjdump prints -------------------------------------------------------------------

ARCHITECTURE = re.compile(r"arch = (\S+)")
IDENTIFIER = re.compile(r"identifier = (.+)")
FUNCTION = re.compile(r"\s+Function\s*:?\s*([^\s:]+):?\s*$")
USAGE = re.compile(r"\s+REG:(\d+) STACK:(\d+) SHARED:(\d+)")
INSTRUCTION = re.compile(r"\s+/\*([0-9a-f]{4,})\*/\s+((?:@!?U?P\w+\s+)?([A-Z][A-Za-z0-9_.]*)[^;]*)")


def short_name(demangled):
    """Without namespaces, `void` and the parameters."""
    name = demangled.removeprefix("void ").replace("> >", ">>")
    for namespace in ("(anonymous namespace)::", "gpugauge::"):
        name = name.replace(namespace, "")
    if name.endswith(")"):
        depth = 0
        for at in range(len(name) - 1, -1, -1):
            depth += (name[at] == ")") - (name[at] == "(")
            if depth == 0:
                return name[:at]
    return name


def parse(lines):
    """Code by kernel, names still mangled, from the output of `cuobjdump -res-usage` or `-sass`, or one after the
    other."""
    codes = collections.defaultdict(Code)
    file = architecture = ""
    code = Code()
    for line in lines:
        if match := INSTRUCTION.match(line):
            # What DEPBAR waits for is in its operands: how many copies stay under way.
            code.instructions[match[2].strip() if match[3].startswith("DEPBAR.") else match[3]] += 1
            code.listing.append((int(match[1], 16), match[2].strip()))
        elif match := FUNCTION.match(line):
            code = codes[Kernel(file, match[1], architecture)]
        elif match := USAGE.match(line):
            code.registers, code.stack_bytes, code.shared_bytes = (int(number) for number in match.groups())
        elif match := ARCHITECTURE.match(line):
            architecture = match[1]
        elif match := IDENTIFIER.match(line):
            file = pathlib.PurePath(match[1].strip()).name
    return dict(codes)


def demangle(codes):
    mangled = sorted({kernel.name for kernel in codes})
    printed = subprocess.run(["c++filt"], input="\n".join(mangled), capture_output=True, text=True, check=True).stdout
    names = dict(zip(mangled, map(short_name, printed.splitlines())))
    return {dataclasses.replace(kernel, name=names[kernel.name]): code for kernel, code in codes.items()}


# ---- the tools ---------------------------------------------------------------------------------------


def find_tool(name):
    """Its path, or None."""
    folders = [os.environ.get("PATH", ""), *map(str, SOURCE.glob(".*/nvidia/cu*/bin"))]
    if nvcc := os.environ.get("GPUGAUGE_NVCC"):
        folders.append(str(pathlib.Path(nvcc).parent))
    return shutil.which(name, path=os.pathsep.join(folders))


def disassemble(binary):
    """Code by kernel of a library, an object or a program."""
    cuobjdump = find_tool("cuobjdump")
    # It looks for nvdisasm in $PATH.
    environment = {**os.environ, "PATH": f"{pathlib.Path(cuobjdump).parent}{os.pathsep}{os.environ['PATH']}"}

    def output():
        for option in ("-res-usage", "-sass"):
            with subprocess.Popen([cuobjdump, option, str(binary)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                  text=True, env=environment) as process:
                yield from process.stdout

    return demangle(parse(output()))


def compiler_release(nvcc):
    """`13.0`."""
    printed = subprocess.run([nvcc, "--version"], capture_output=True, text=True, check=True).stdout
    return re.search(r"release ([\d.]+)", printed)[1]


# ---- the table and the requirements ------------------------------------------------------------------


@dataclasses.dataclass
class Table:
    compiler: str
    codes: dict  # Code by Kernel, without instructions


def read_table(path=TABLE):
    first, *rows = path.read_text().splitlines()
    return Table(re.search(r"nvcc ([\d.]+)", first)[1],
                 {Kernel(row["file"], row["kernel"], row["architecture"]):
                  Code(registers=int(row["registers"]), shared_bytes=int(row["shared_bytes"]))
                  for row in csv.DictReader(rows)})


def write_table(table, path=TABLE):
    with path.open("w", newline="") as file:
        file.write(f"# by nvcc {table.compiler}; made by: {REFRESH}\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", "kernel", "architecture", "registers", "shared_bytes"])
        for kernel, code in sorted(table.codes.items()):
            writer.writerow([kernel.file, kernel.name, kernel.architecture, code.registers, code.shared_bytes])


@dataclasses.dataclass(frozen=True)
class Requirement:
    """What tests/data/machine_code_requirements.csv says of it. Regular expressions of the whole."""
    kernel: str
    architecture: str
    instruction: str
    distance: str = None
    under_way: str = None


def read_requirements(path=REQUIREMENTS):
    with path.open(newline="") as file:
        return [Requirement(**row) for row in csv.DictReader(line for line in file if not line.startswith("#"))]


# ---- what can be wrong -------------------------------------------------------------------------------


def local_memory(codes):
    for kernel, code in codes.items():
        accesses = sum(count for instruction, count in code.instructions.items()
                       if instruction.split(".")[0] in ("LDL", "STL"))
        if accesses or code.stack_bytes:
            yield f"{kernel} uses local memory: {accesses} loads and stores, {code.stack_bytes} bytes of stack"


def broken_requirements(codes, requirements):
    architectures = {kernel.architecture for kernel in codes}
    for requirement in requirements:
        if not any(re.fullmatch(requirement.architecture, architecture) for architecture in architectures):
            continue  # not built
        meant = [kernel for kernel in codes if re.fullmatch(requirement.kernel, kernel.name) and
                 re.fullmatch(requirement.architecture, kernel.architecture)]
        if not meant:
            yield f"no kernel {requirement.kernel} for {requirement.architecture}, of which instructions are required"
        most, is_limited, pattern = re.fullmatch(r"(?:(\d*)(!))?(.*)", requirement.instruction).groups()
        for kernel in meant:
            found = sum(count for each, count in codes[kernel].instructions.items() if re.fullmatch(pattern, each))
            if is_limited and found > int(most or 0):
                yield f"{kernel} has {found} {pattern}, expected at most {most or 0}"
            elif not is_limited and found == 0:
                yield f"{kernel} has no {pattern}"
            elif requirement.distance or requirement.under_way:
                yield from early_waits(kernel, codes[kernel], requirement)


def early_waits(kernel, code, requirement):
    waits = [wait for wait in load_waits(code.listing) if re.fullmatch(requirement.instruction, wait.instruction)]
    nearest = min((wait.distance for wait in waits if wait.is_in_loop), default=0)
    if nearest < int(requirement.distance or 0):
        yield (f"{kernel} waits for {requirement.instruction} {nearest} instructions after it, expected at least "
               f"{requirement.distance}")
    most = max(wait.under_way for wait in waits)
    if most < int(requirement.under_way or 0):
        yield f"{kernel} has {most} {requirement.instruction} under way, expected {requirement.under_way}"


def changed_resources(codes, table):
    architectures = {kernel.architecture for kernel in codes}
    expected = {kernel: code for kernel, code in table.codes.items() if kernel.architecture in architectures}
    for kernel in sorted(codes.keys() - expected.keys()):
        yield f"{kernel} is not in the table"
    for kernel in sorted(expected.keys() - codes.keys()):
        yield f"{kernel} is in the table and was not built"
    for kernel in sorted(codes.keys() & expected.keys()):
        found, row = codes[kernel], expected[kernel]
        if found.registers > row.registers + TOLERATED_REGISTERS:
            yield f"{kernel} takes {found.registers} registers, {row.registers} in the table"
        if found.shared_bytes != row.shared_bytes:
            yield f"{kernel} takes {found.shared_bytes} bytes of static shared memory, {row.shared_bytes} in the table"


def main(arguments):
    if len(arguments) != 2 or arguments[0] != "refresh":
        sys.exit(__doc__)
    if not find_tool("cuobjdump") or not find_tool("nvcc"):
        sys.exit("machine_code.py: needs cuobjdump and nvcc in $PATH or from wheels")
    codes = disassemble(arguments[1])
    if not codes:
        sys.exit(f"machine_code.py: {arguments[1]} has no kernels")
    architectures = {kernel.architecture for kernel in codes}
    others = {kernel: code for kernel, code in (read_table().codes if TABLE.exists() else {}).items()
              if kernel.architecture not in architectures}
    write_table(Table(compiler_release(find_tool("nvcc")), {**others, **codes}))
    for problem in local_memory(codes):
        print(f"warning: {problem}", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
