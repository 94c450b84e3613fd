"""scripts/package.sh: what goes into the portable folder."""

import re
import shutil
import subprocess
import sys
import unittest

from sandbox import SOURCE, ScriptTest


class PackageTest(ScriptTest):
    def setUp(self):
        super().setUp()
        (self.bin / "cp").symlink_to(shutil.which("cp"))
        shutil.copytree(SOURCE / "configs", self.checkout / "configs")
        self.built = self.checkout / "a build"
        self.output = self.checkout.parent / "the package"
        self.libraries = self.system / "lib"
        self.libraries.mkdir()
        for name in ("libfmt.so.9", "libdnnl.so.2", "libc.so.6"):
            (self.libraries / name).write_text(name)
        for name in ("gpugauge", "gpu_tests", "unit_cuda_tests"):
            self.fake(name, folder=self.built)
        (self.built / "CMakeCache.txt").write_text("GPUGAUGE_CUDA:STRING=ON\nGPUGAUGE_NVCC:FILEPATH=/usr/bin/nvcc\n")
        self.fake("cmake")
        self.fake("du")
        self.fake("strip", 'cp -- "$3" "$2"')
        self.fake_ldd(f"\tlinux-vdso.so.1 (0x1)\n\tlibfmt.so.9 => {self.libraries}/libfmt.so.9 (0x2)\n"
                      f"\tlibc.so.6 => {self.libraries}/libc.so.6 (0x3)\n\t/lib64/ld-linux-x86-64.so.2 (0x4)\n")

    def fake_ldd(self, lines):
        listing = self.system / "ldd"
        listing.write_text(lines)
        self.fake("ldd", f'cat "{listing}"')

    def package(self, *arguments):
        return self.run_script("scripts/package.sh", "--build", self.built, *arguments, self.output, dry=False)

    def test_it_holds_the_programs_their_libraries_the_configs_and_the_scripts(self):
        result = self.package()
        self.assertEqual(result.returncode, 0, result.stderr)
        files = {str(path.relative_to(self.output)) for path in self.output.rglob("*") if path.is_file()}
        self.assertLessEqual({"gpugauge", "gpu_tests", "unit_cuda_tests", "lib/libfmt.so.9", "configs/goals.json",
                              "configs/suites/quick.yaml", "scripts/gpu_check.sh", "scripts/goal_table.py",
                              "scripts/card_trials.py"}, files)
        self.assertEqual([name for name in files if name.startswith("lib/")], ["lib/libfmt.so.9"])
        calls = "\n".join(self.calls())
        self.assertIn("-DCMAKE_BUILD_RPATH=$ORIGIN/lib -DCMAKE_EXE_LINKER_FLAGS=-Wl,--disable-new-dtags", calls)
        self.assertIn("--target gpugauge gpu_tests unit_cuda_tests", calls)

    def test_the_build_knows_the_test_programs_that_it_holds(self):
        targets = (SOURCE / "tests/CMakeLists.txt").read_text()
        for script in ("package.sh", "gpu_check.sh"):
            named = set(re.findall(r"\b(?:gpu|unit_\w+)_tests\b", (SOURCE / "scripts" / script).read_text()))
            programs = {name for name in named if name != "unit_tests"}  # that is a step's name
            self.assertEqual(programs, {"gpu_tests", "unit_cuda_tests"})
            for name in programs:
                self.assertIn(f"gpugauge_test_program({name} ", targets)

    def test_its_scripts_have_all_that_they_import(self):
        self.package()
        scripts = self.output / "scripts"
        program = "import sys; sys.path.insert(0, sys.argv[1]); import card_trials, goal_table, pytorch_side, side_by_side"
        done = subprocess.run([sys.executable, "-B", "-c", program, scripts], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        for name in ("pytorch_workloads", "triton_matmul"):  # imported where PyTorch and Triton are
            self.assertTrue((scripts / f"{name}.py").exists())

    def test_a_library_that_is_not_found_ends_with_3_and_leaves_no_package(self):
        self.fake_ldd("\tlibdnnl.so.2 => not found\n")
        result = self.package()
        self.assertEqual(result.returncode, 3)
        self.assertIn("gpugauge needs libdnnl.so.2, which is not found", result.stderr)
        self.assertFalse(self.output.exists())

    def test_a_build_without_cuda_or_no_build_ends_with_3(self):
        for cache in ("GPUGAUGE_CUDA:STRING=OFF\n", "GPUGAUGE_NVCC:FILEPATH=GPUGAUGE_NVCC-NOTFOUND\n"):
            (self.built / "CMakeCache.txt").write_text(cache)
            result = self.package()
            self.assertEqual(result.returncode, 3)
            self.assertIn("without CUDA", result.stderr)
        (self.built / "CMakeCache.txt").unlink()
        self.assertEqual(self.package().returncode, 3)

    def test_bad_usage(self):
        for arguments in ([], ["a", "b"], ["--build"], ["--what", "a"], [self.checkout]):
            result = self.run_script("scripts/package.sh", *arguments, dry=False)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertIn("usage: package.sh", result.stderr)


if __name__ == "__main__":
    unittest.main()
