"""How long a kernel lets loads from global memory travel before it waits for them, read from its machine code.

A load into registers is waited for where one of them is read. Branches are followed both ways; the nearest wait counts.
"""

import collections
import dataclasses
import re

FAR = 400  # instructions; what is farther is as far

PREDICATE = re.compile(r"!?U?P(T|\d)$")
# Of these the first register is one that they read.
WRITES_NO_REGISTER = re.compile(
    r"\w*SETP|STG|STS|STL|ST\b|RED|BRA|BRX|CALL|RET|BAR|SYNCS|R2P|R2UR|LDGSTS|UTMA|UBLKCP|WARPSYNC|CCTL")
# Registers of A, B and C by the shape of a matrix instruction.
MATRIX = re.compile(r"[HQI]MMA\.(?:SP\.)?(\d+)")
MATRIX_WIDTHS = collections.defaultdict(lambda: (4, 2, 4), {"1688": (2, 1, 4), "16864": (4, 4, 4)})


@dataclasses.dataclass(frozen=True)
class Instruction:
    address: int
    predicate: str
    name: str  # LDG.E.128
    operands: tuple

    def width(self):
        """Registers that a load fills or a store takes."""
        match = re.search(r"\.(64|128|256)\b", self.name)
        return int(match[1]) // 32 if match else 1

    def split_operands(self):
        """The one that is written, or None, and those that are read."""
        operands = [operand for operand in self.operands if not PREDICATE.match(operand)]
        if WRITES_NO_REGISTER.match(self.name) or not operands or not re.match(r"U?R(\d+|Z)", operands[0]):
            return None, operands
        return operands[0], operands[1:]

    def written(self):
        operand, _ = self.split_operands()
        match = re.match(r"R(\d+)", operand or "")
        if not match:
            return frozenset()
        width = (4 if MATRIX.match(self.name) else self.width() if self.name.startswith("LD") else
                 2 if ".WIDE" in self.name else 1)
        return frozenset(range(int(match[1]), int(match[1]) + width))

    def read(self):
        _, operands = self.split_operands()
        if matrix := MATRIX.match(self.name):
            widths = MATRIX_WIDTHS[matrix[1]]
        elif re.match(r"ST[GSL]?\b", self.name):
            widths = (1, self.width())
        else:
            widths = (1, 1, 2) if ".WIDE" in self.name else ()
        registers = set()
        for operand, width in zip(operands, [*widths, *[1] * len(operands)]):
            for number, is_pair in re.findall(r"\bR(\d+)(\.64)?\b", operand):
                registers.update(range(int(number), int(number) + (2 if is_pair else width)))
        return registers


def instruction_of(address, text):
    """`@!P0 LDG.E.128 R4, [R2.64]` at an address."""
    predicate, name, operands = re.match(r"(@!?U?P\w+\s+)?(\S+)\s*(.*)", text).groups()
    return Instruction(address, (predicate or "").strip(), name,
                       tuple(filter(None, (each.replace(".reuse", "").strip() for each in operands.split(",")))))


@dataclasses.dataclass(frozen=True)
class LoadWait:
    instruction: str  # LDG.E.128
    distance: int     # instructions until it is waited for, at most FAR
    under_way: int    # such loads that have been issued by then, itself included
    is_in_loop: bool  # one without loops in it


class Listing:
    """A kernel's instructions in order: (address, text)."""

    def __init__(self, lines):
        self.instructions = [instruction_of(address, text) for address, text in lines]
        self.places = {instruction.address: at for at, instruction in enumerate(self.instructions)}
        loops = {(target, at) for at in range(len(self.instructions))
                 if (target := self.target(at)) is not None and target < at}
        self.innermost_loops = [(first, last) for first, last in loops if not any(
            first <= other_first and other_last <= last and (other_first, other_last) != (first, last)
            for other_first, other_last in loops)]

    def target(self, at):
        """Where a branch goes. A warp that has diverged (BRA.DIV) is nobody's usual way."""
        instruction = self.instructions[at]
        if instruction.name.split(".")[0] != "BRA" or ".DIV" in instruction.name:
            return None
        return self.places.get(int(instruction.operands[-1], 16))

    def successors(self, at):
        instruction = self.instructions[at]
        target = self.target(at)
        is_last = at + 1 == len(self.instructions)
        leaves = instruction.name.split(".")[0] in ("EXIT", "RET", "BRX") or (
            target is not None and len(instruction.operands) == 1)
        following = [] if is_last or (leaves and not instruction.predicate) else [at + 1]
        return following if target is None else [*following, target]

    def wait(self, start):
        load = self.instructions[start]
        is_in_loop = any(first <= start <= last for first, last in self.innermost_loops)
        # A way: where, registers not yet written anew, instructions, loads issued.
        ways = collections.deque([(start, load.written(), 0, 0)])
        seen = set()
        issued = 0
        while ways:
            at, registers, distance, issued = ways.popleft()
            instruction = self.instructions[at]
            if distance >= FAR:
                break
            if distance > 0 and registers & instruction.read():
                return LoadWait(load.name, distance, issued, is_in_loop)
            if distance > 0 and not instruction.predicate:
                registers -= instruction.written()
                if not registers:
                    continue
            issued += instruction.name == load.name
            for following in self.successors(at):
                if (following, registers) not in seen:
                    seen.add((following, registers))
                    ways.append((following, registers, distance + 1, issued))
        return LoadWait(load.name, FAR, issued, is_in_loop)


def load_waits(lines):
    listing = Listing(lines)
    return [listing.wait(at) for at, instruction in enumerate(listing.instructions)
            if re.match(r"LDG\b", instruction.name)]
