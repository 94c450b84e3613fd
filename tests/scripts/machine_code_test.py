"""The kernels' machine code: the instructions that are meant, no local memory, registers as in a checked table."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import load_waits
import machine_code
from machine_code import Code, Kernel, Requirement, Table

PRINTED = """
Fatbin elf code:
================
arch = sm_89
code version = [1,8]
identifier = /a checkout/kernels/cuda/scale.cu

Resource usage:
 Common:
  GLOBAL:0
 Function _ZN8gpugauge6doubleEPf:
  REG:12 STACK:0 SHARED:64 LOCAL:0 CONSTANT[0]:408 TEXTURE:0 SURFACE:0 SAMPLER:0

Fatbin elf code:
================
arch = sm_89
identifier = /a checkout/kernels/cuda/scale.cu

	code for sm_89
		Function : _ZN8gpugauge6doubleEPf
	.headerflags	@"EF_CUDA_SM89 EF_CUDA_VIRTUAL_SM(EF_CUDA_SM89)"
        /*0000*/                   MOV R1, c[0x0][0x28] ;                  /* 0x00000a0000017a02 */
                                                                           /* 0x000fe40000000f00 */
        /*0010*/              @!P0 LDG.E.128.CONSTANT R4, [R2.64] ;        /* 0x0000000000077919 */
        /*0020*/              @UP0 EXIT ;                                  /* 0x0000000000077919 */
"""

DOUBLE = Kernel("scale.cu", "double", "sm_89")

# Sixty-four numbers that are all needed at once.
PLANTED = """
__global__ void planted(float* x) {
  float v[64];
#pragma unroll
  for (int i = 0; i < 64; ++i) v[i] = x[i * blockDim.x + threadIdx.x];
  __syncthreads();
#pragma unroll
  for (int i = 0; i < 64; ++i) x[i * blockDim.x + threadIdx.x] = v[63 - i] * v[i / 2];
}
"""


class ReaderTest(unittest.TestCase):
    def test_reads_usage_and_instructions(self):
        codes = machine_code.parse(PRINTED.splitlines())
        self.assertEqual(list(codes), [Kernel("scale.cu", "_ZN8gpugauge6doubleEPf", "sm_89")])
        code, = codes.values()
        self.assertEqual((code.registers, code.stack_bytes, code.shared_bytes), (12, 0, 64))
        self.assertEqual(dict(code.instructions), {"MOV": 1, "LDG.E.128.CONSTANT": 1, "EXIT": 1})

    def test_names_are_short(self):
        for demangled, short in {
            "gpugauge::(anonymous namespace)::read_kernel(uint4 const*, long)": "read_kernel",
            "void gpugauge::(anonymous namespace)::mma<gpugauge::(anonymous namespace)::Fp8, 2>(gpugauge::Operands)":
                "mma<Fp8, 2>",
            "void scale<(gpugauge::Kind)1, gpugauge::Pair<int> >(void (*)(int), float)": "scale<(Kind)1, Pair<int>>",
            "plain": "plain",
        }.items():
            self.assertEqual(machine_code.short_name(demangled), short)

    def test_tables_are_read_as_they_were_written(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "table.csv"
            table = Table("13.0", {Kernel("a.cu", "mma<Fp8, 2>", "sm_89"): Code(registers=234, shared_bytes=64)})
            machine_code.write_table(table, path)
            self.assertEqual(machine_code.read_table(path), table)


class ProblemsTest(unittest.TestCase):
    def test_local_memory(self):
        good = {DOUBLE: Code(instructions={"LDG.E.128": 4, "LDS": 2, "STG.E": 1})}
        self.assertFalse(list(machine_code.local_memory(good)))
        for bad in (Code(instructions={"LDL.64": 1}), Code(instructions={"STL": 1}), Code(stack_bytes=8)):
            self.assertEqual(len(list(machine_code.local_memory({DOUBLE: bad}))), 1)

    def test_broken_requirements(self):
        codes = {DOUBLE: Code(instructions={"LDG.E.64": 1, "HMMA.16816.F32.BF16": 1})}
        problems = lambda *row: list(machine_code.broken_requirements(codes, [Requirement(*row)]))
        self.assertEqual(problems("double", "sm_89", r"HMMA\..*"), [])
        self.assertEqual(problems("double", "sm_89", r"LDG\.E\.128.*"),
                         [r"double of scale.cu for sm_89 has no LDG\.E\.128.*"])
        self.assertEqual(problems("double", "sm_89", r"!HMMA\..*"), [r"double of scale.cu for sm_89 has 1 HMMA\..*, expected at most 0"])
        self.assertEqual(problems("double", "sm_89", r"1!HMMA\..*"), [])
        self.assertEqual(problems("double", "sm_89", "!MEMBAR"), [])
        self.assertEqual(problems("double", "sm_90a", r"HGMMA\..*"), [])  # not built
        self.assertIn("no kernel doub", problems("doub", "sm_89", r"HMMA\..*")[0])

    def test_changed_resources(self):
        table = Table("13.0", {DOUBLE: Code(registers=32, shared_bytes=64)})
        problems = lambda codes: list(machine_code.changed_resources(codes, table))
        self.assertEqual(problems({DOUBLE: Code(registers=32, shared_bytes=64)}), [])
        self.assertEqual(problems({DOUBLE: Code(registers=20, shared_bytes=64)}), [])
        self.assertEqual(problems({DOUBLE: Code(registers=36, shared_bytes=64)}), [])
        self.assertIn("37 registers", problems({DOUBLE: Code(registers=37, shared_bytes=64)})[0])
        self.assertIn("0 bytes of static", problems({DOUBLE: Code(registers=32)})[0])
        other = Kernel("scale.cu", "triple", "sm_89")
        self.assertEqual(problems({other: Code()}), [f"{other} is not in the table",
                                                     f"{DOUBLE} is in the table and was not built"])
        # Another architecture alone says nothing about this one.
        self.assertEqual(len(problems({Kernel("scale.cu", "double", "sm_90a"): Code()})), 1)


def code_of(*texts):
    return Code(instructions={"LDG.E.128": 2}, listing=[(16 * at, text) for at, text in enumerate(texts)])


# Two loads a turn, and the sums of both.
LOADS = ("LDG.E.128 R4, [R2.64]", "LDG.E.128 R8, [R2.64+0x10]")
SUMS = ("FADD R0, R0, R7", "FADD R1, R1, R11", "FADD R1, R1, R8")
# Waits at once, waits after the other load, and waits in the next turn or behind the loop.
AT_ONCE = code_of(LOADS[0], SUMS[0], LOADS[1], *SUMS[1:], "@P0 BRA 0x0", "EXIT")
TOGETHER = code_of(*LOADS, *SUMS, "@P0 BRA 0x0", "EXIT")
AHEAD = code_of("NOP", *SUMS, *LOADS, "IADD3 R2, R2, 0x20, RZ", "NOP", "@P0 BRA 0x10", *SUMS, "EXIT")
# What is loaded is thrown away.
UNUSED = code_of(*LOADS, "MOV R4, RZ", "MOV R5, RZ", "MOV R6, RZ", "MOV R7, RZ", *SUMS[:1], "@P0 BRA 0x0", "EXIT")


class LoadWaitsTest(unittest.TestCase):
    def waits(self, code):
        return [(wait.distance, wait.under_way) for wait in load_waits.load_waits(code.listing)]

    def test_a_load_is_waited_for_where_it_is_first_read(self):
        self.assertEqual(self.waits(AT_ONCE), [(1, 1), (1, 1)])
        self.assertEqual(self.waits(TOGETHER), [(2, 2), (2, 1)])

    def test_branches_are_followed(self):
        self.assertEqual(self.waits(AHEAD), [(5, 2), (5, 1)])

    def test_registers_written_anew_are_not_waited_for(self):
        self.assertEqual(self.waits(UNUSED)[0][0], load_waits.FAR)

    def test_only_innermost_loops_are_loops(self):
        in_loop = [wait.is_in_loop for wait in load_waits.load_waits(
            code_of(LOADS[0], "NOP", LOADS[1], SUMS[0], "@P0 BRA 0x20", "@P1 BRA 0x0", "EXIT").listing)]
        self.assertEqual(in_loop, [False, True])

    def test_early_waits(self):
        problems = lambda code, *row: list(machine_code.broken_requirements(
            {DOUBLE: code}, [Requirement("double", "sm_89", r"LDG\.E\.128", *row)]))
        self.assertEqual(problems(AHEAD, "5", "2"), [])
        self.assertEqual(problems(TOGETHER, "", "2"), [])
        self.assertEqual(problems(TOGETHER, "5", "2"),
                         [r"double of scale.cu for sm_89 waits for LDG\.E\.128 2 instructions after it, expected at least 5"])
        self.assertEqual(problems(AT_ONCE, "", "2"),
                         [r"double of scale.cu for sm_89 has 1 LDG\.E\.128 under way, expected 2"])


class WithToolsTest(unittest.TestCase):
    def setUp(self):
        for tool in ("nvcc", "cuobjdump", "nvdisasm"):
            if not machine_code.find_tool(tool):
                self.skipTest(f"there is no {tool} here")


class PlantedKernelTest(WithToolsTest):
    def disassembled(self, *options):
        with tempfile.TemporaryDirectory() as folder:
            source, binary = pathlib.Path(folder) / "planted.cu", pathlib.Path(folder) / "planted.cubin"
            source.write_text(PLANTED)
            subprocess.run([machine_code.find_tool("nvcc"), "-cubin", "-gencode", "arch=compute_89,code=sm_89",
                            *options, "-o", binary, source], check=True, capture_output=True)
            return machine_code.disassemble(binary)

    def test_spills_are_seen(self):
        (kernel, code), = self.disassembled("-maxrregcount=32").items()
        self.assertEqual(kernel.name, "planted")
        self.assertEqual(code.registers, 32)
        self.assertEqual(len(list(machine_code.local_memory({kernel: code}))), 1)

    def test_without_spills_nothing_is_seen(self):
        codes = self.disassembled()
        self.assertEqual(list(machine_code.local_memory(codes)), [])
        self.assertGreater(next(iter(codes.values())).registers, 64)


class LibraryTest(WithToolsTest):
    @classmethod
    def setUpClass(cls):
        cls.library = os.environ.get("GPUGAUGE_LIBRARY", "")
        cls.codes = {}
        if pathlib.Path(cls.library).is_file() and machine_code.find_tool("cuobjdump"):
            cls.codes = machine_code.disassemble(cls.library)

    def setUp(self):
        super().setUp()
        if not self.library:
            self.skipTest("GPUGAUGE_LIBRARY names no library to look at")
        self.assertTrue(self.codes, f"{self.library} has no kernels")

    def expect_none(self, problems, advice=""):
        if problems := list(problems):
            self.fail("\n".join(["", *problems, advice]))

    def test_no_kernel_uses_local_memory(self):
        self.expect_none(machine_code.local_memory(self.codes))

    def test_kernels_have_the_instructions_that_are_meant(self):
        self.expect_none(machine_code.broken_requirements(self.codes, machine_code.read_requirements()))

    def test_registers_and_shared_memory_are_those_of_the_table(self):
        table = machine_code.read_table()
        compiler = machine_code.compiler_release(machine_code.find_tool("nvcc"))
        if compiler != table.compiler:
            self.skipTest(f"the table is of nvcc {table.compiler}, this one is {compiler}")
        self.expect_none(machine_code.changed_resources(self.codes, table),
                         f"Where that is as it should be, write the table anew:\n  {machine_code.REFRESH}")


if __name__ == "__main__":
    result = unittest.main(exit=False).result
    if result.wasSuccessful() and result.skipped:
        print(f"skipped: {result.skipped[0][1]}")
    sys.exit(not result.wasSuccessful())
