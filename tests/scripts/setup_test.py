"""scripts/setup.sh: what it would install, which CUDA it takes, and when it configures."""

import re
import unittest

from sandbox import ScriptTest


class SetupTest(ScriptTest):
    def setUp(self):
        super().setUp()
        self.fake_tools()
        self.fake("id", "echo 0")

    def setup_script(self, *arguments, **options):
        return self.run_script("scripts/setup.sh", *arguments, **options)

    def would_run(self, *arguments, **options):
        result = self.setup_script(*arguments, **options)
        self.assertEqual(result.returncode, 0, result.stderr)
        return [line.removeprefix("would run: ") for line in result.stderr.splitlines()
                if line.startswith("would run: ")]

    def configure_call(self, **options):
        return next(line for line in self.would_run(**options) if line.startswith("cmake"))

    # packages

    def test_installs_nothing_where_everything_is_there(self):
        self.assertFalse([line for line in self.would_run("--tests") if "apt-get" in line])

    def test_installs_exactly_what_is_missing(self):
        self.fake_packages("libfmt-dev", "libdnnl-dev")
        (self.bin / "ninja").unlink()
        update, install, *_ = self.would_run()
        self.assertTrue(update.startswith("env DEBIAN_FRONTEND=noninteractive apt-get"), update)
        self.assertTrue(update.endswith(" update"), update)
        self.assertTrue(install.endswith(" install -y --no-install-recommends ninja-build libdnnl-dev libfmt-dev"),
                        install)

    def test_says_how_long_and_how_much_before_anything_is_installed(self):
        self.fake_packages("libfmt-dev")
        self.fake("apt-get", "[[ $* != *--print-uris* ]] || printf \"'http://x/%s.deb' x.deb %s SHA256:0\\n\" a 12300000 b 700000")
        self.fake("nproc", "echo 2")
        first, *_ = lines = self.setup_script().stderr.splitlines()
        self.assertRegex(first, r"^setup: first build: about \d+ min \(estimated from another machine, for 2 cores\); later 0 s")
        self.assertIn("setup: installing libfmt-dev, 13 MB to download", lines)
        self.assertLess(lines.index("setup: installing libfmt-dev, 13 MB to download"),
                        next(at for at, line in enumerate(lines) if " install " in line))

    def minutes(self, **environment):
        return int(re.search(r"about (\d+) min", self.setup_script(**environment).stderr)[1])

    def test_the_first_build_takes_longer_for_more_cards_and_with_the_tests(self):
        self.fake("nproc", "echo 1")
        cpu = self.minutes()
        self.fake_nvcc(self.bin, "13.0")
        listed = self.minutes()
        self.fake_nvidia_smi(cards=["NVIDIA L40S, 8.9"] * 2)
        one = self.minutes()
        self.assertLess(cpu, one)
        self.assertLess(one, listed)
        self.assertEqual(self.minutes(GPUGAUGE_CUDA="OFF"), cpu)
        with_tests = self.setup_script("--tests", GPUGAUGE_CUDA="OFF").stderr
        self.assertGreater(int(re.search(r"about (\d+) min", with_tests)[1]), cpu)

    def test_a_removed_package_with_its_configuration_left_is_missing(self):
        self.fake("dpkg-query", 'for name in "${@:3}"; do echo "$name config-files"; done')
        self.assertIn("libfmt-dev", self.would_run()[1])

    def test_test_packages_are_wanted_only_for_the_tests(self):
        self.fake_packages("libgtest-dev")
        self.assertFalse([line for line in self.would_run() if "apt-get" in line])
        self.assertTrue(self.would_run("--tests")[1].endswith(" libgtest-dev"))

    def test_uses_sudo_where_it_is_not_root(self):
        self.fake("id", "echo 1000")
        self.fake("sudo")
        self.fake_packages("libfmt-dev")
        self.assertTrue(self.would_run()[1].startswith("sudo env DEBIAN_FRONTEND=noninteractive apt-get"))

    def test_says_so_where_it_is_neither_root_nor_has_sudo(self):
        self.fake("id", "echo 1000")
        self.fake_packages("libfmt-dev")
        result = self.setup_script()
        self.assertEqual(result.returncode, 3)
        self.assertIn("neither root nor sudo. As root: apt-get update && apt-get install -y --no-install-recommends "
                      "libfmt-dev -- without root,", result.stderr)
        self.assertIn("portable program", result.stderr)

    def test_another_distribution_is_told_the_names_and_goes_on(self):
        (self.bin / "apt-get").unlink()
        result = self.setup_script()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("no Debian or Ubuntu", result.stderr)
        self.assertIn("libfmt-dev", result.stderr)

    def test_failed_installation_ends_it(self):
        self.fake("apt-get", '[[ $* != *install* ]]')
        self.fake("dpkg-query")
        result = self.setup_script(dry=False)
        self.assertEqual(result.returncode, 3)
        self.assertIn("apt-get could not install", result.stderr)

    def test_failed_update_of_the_lists_does_not(self):
        self.fake_packages("libfmt-dev")
        self.fake("apt-get", '[[ $* != *update* ]]')
        self.assertEqual(self.setup_script(dry=False).returncode, 0)

    # CMake

    def test_an_old_cmake_is_replaced_by_the_wheel(self):
        self.fake_tools(cmake_version="3.22.1")
        lines = self.would_run()
        self.assertTrue(any("pip install" in line and "cmake==" in line for line in lines), lines)

    def test_a_newer_major_cmake_is_kept(self):
        self.fake_tools(cmake_version="4.0.2")
        self.assertFalse([line for line in self.would_run() if "pip" in line])

    # axe-core

    def test_axe_is_taken_once_and_for_the_tests(self):
        self.assertFalse([line for line in self.would_run() if "axe" in line])
        lines = [line for line in self.would_run("--tests") if "axe" in line]
        self.assertTrue(any("pip install" in line and "axe-playwright-python==" in line for line in lines), lines)
        (self.checkout / ".axe").mkdir()
        self.assertFalse([line for line in self.would_run("--tests") if "axe" in line])

    def test_goes_on_where_axe_cannot_be_had(self):
        self.fake("python3", "[[ $* != *install* ]]")
        result = self.setup_script("--tests", dry=False)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("accessibility are skipped", result.stderr)
        self.assertFalse((self.checkout / ".axe").exists())

    # CUDA

    def test_neither_toolkit_nor_driver_is_a_cpu_build_and_says_so(self):
        result = self.setup_script()
        self.assertIn("this build measures the CPU only", result.stderr)
        self.assertIn("-DGPUGAUGE_CUDA=OFF", result.stderr)

    def test_takes_the_toolkit_of_cuda_home_first(self):
        self.fake_nvcc(self.bin, "12.8")
        chosen = self.fake_nvcc(self.system / "own/bin", "12.4")
        self.assertIn(str(chosen).replace(" ", "\\ "), self.configure_call(CUDA_HOME=str(self.system / "own")))

    def test_takes_the_newest_in_the_usual_places(self):
        for version in ("12.2", "12.10", "12.9"):
            self.fake_nvcc(self.system / f"usr/local/cuda-{version}/bin", version)
        self.assertIn("usr/local/cuda-12.10/bin/nvcc", self.configure_call())

    def test_passes_over_a_toolkit_that_is_too_old(self):
        self.fake_nvcc(self.bin, "11.5")
        self.fake_nvcc(self.system / "usr/local/cuda/bin", "12.6")
        self.assertIn("usr/local/cuda/bin/nvcc", self.configure_call())

    def test_a_driver_without_a_toolkit_gets_the_wheels(self):
        self.write_driver("580.65.06")
        lines = self.would_run()
        wheels = next(line for line in lines if "pip install" in line)
        for name in ("nvcc", "crt", "runtime", "cccl"):
            self.assertIn(f"nvidia-cuda-{name}==13.0.", wheels)
        self.assertIn("nvidia-nvvm==13.0.", wheels)
        self.assertIn("nvidia-cublas==13.0.", wheels)
        self.assertTrue(any(line.startswith("ln -sfn lib ") and line.endswith("/lib64") for line in lines), lines)
        self.assertIn(".cuda/nvidia/cu13/bin/nvcc", lines[-1])

    def test_wheels_that_do_not_compile_are_not_kept(self):
        pip = f'mkdir -p "{self.checkout}/.cuda.partial/nvidia/cu13/lib"'
        self.fake("python3", f'[[ $* != *install* ]] || {pip}')
        result = self.setup_script(GPUGAUGE_CUDA="ON", dry=False)
        self.assertEqual(result.returncode, 3)
        self.assertIn("compiles nothing", result.stderr)
        self.assertFalse((self.checkout / ".cuda").exists())

    def test_a_driver_too_old_for_the_wheels_is_shown_the_ways(self):
        self.write_driver("550.163.01")
        result = self.setup_script()
        self.assertEqual(result.returncode, 3)
        self.assertIn("the driver here runs CUDA 12.4", result.stderr)
        self.assertIn("portable program", result.stderr)
        self.assertIn("--device cpu", result.stderr)
        self.assertNotIn("pip install", result.stderr)

    def test_nvidias_own_packages_are_taken_where_the_image_has_their_source(self):
        self.fake_nvidia_smi(cuda="12.4")
        sources = self.system / "etc/apt/sources.list.d"
        sources.mkdir(parents=True)
        (sources / "cuda.list").write_text("deb https://developer.download.nvidia.com/compute/cuda/repos/x/x86_64 /\n")
        lines = self.would_run()
        self.assertTrue(lines[1].endswith("install -y --no-install-recommends "
                                          "cuda-nvcc-12-9 cuda-cudart-dev-12-9 libcublas-dev-12-9"), lines)
        self.assertIn("usr/local/cuda-12.9/bin/nvcc", lines[-1])

    # the toolkit that the driver runs

    def fake_nvidia_smi(self, cuda="13.0", driver="580.65.06", cards=(), folder=None):
        """As it prints in a terminal, and what it answers to queries."""
        listed = "".join(f"    echo '{card}'\n" for card in cards)
        self.fake("nvidia-smi", 'case $* in\n'
                  '  "") echo "| NVIDIA-SMI %s    Driver Version: %s    CUDA Version: %s |" ;;\n'
                  '  *=driver_version*) echo "%s" ;;\n'
                  '  *=name,compute_cap*)\n%s    : ;;\n'
                  '  -L) echo "GPU 0" ;;\nesac' % (driver, driver, cuda, driver, listed), folder)

    def toolkits(self, *versions):
        for version in versions:
            self.fake_nvcc(self.system / f"usr/local/cuda-{version}/bin", version)

    def test_the_newest_toolkit_that_is_no_newer_than_the_driver(self):
        self.toolkits("12.4", "12.6", "12.8", "13.0")
        self.fake_nvidia_smi(cuda="12.6")
        self.assertIn("usr/local/cuda-12.6/bin/nvcc", self.configure_call())
        self.assertIn("the driver runs CUDA 12.6: not used", self.setup_script().stderr)
        self.fake_nvidia_smi(cuda="13.1")
        self.assertIn("usr/local/cuda-13.0/bin/nvcc", self.configure_call())

    def test_a_newer_one_of_the_drivers_major_version_will_do(self):
        self.toolkits("12.8", "13.0")
        self.fake_nvidia_smi(cuda="12.4")
        self.assertIn("usr/local/cuda-12.8/bin/nvcc", self.configure_call())

    def test_a_toolkit_of_cuda_home_that_the_driver_does_not_run_is_passed_over(self):
        self.toolkits("12.4", "13.0")
        self.fake_nvidia_smi(cuda="12.4")
        home = str(self.system / "usr/local/cuda-13.0")
        self.assertIn("usr/local/cuda-12.4/bin/nvcc", self.configure_call(CUDA_HOME=home))

    def test_the_kernel_tells_the_driver_where_nvidia_smi_does_not(self):
        self.toolkits("12.4", "13.0")
        self.write_driver("550.163.01")
        self.assertIn("usr/local/cuda-12.4/bin/nvcc", self.configure_call())

    def test_in_wsl2_nvidia_smi_is_found_off_the_path(self):
        self.toolkits("12.4", "13.0")
        self.fake_nvidia_smi(cuda="12.4", folder=self.system / "usr/lib/wsl/lib")
        self.assertIn("usr/local/cuda-12.4/bin/nvcc", self.configure_call())

    # the cards

    def test_it_is_built_for_the_cards_that_are_here(self):
        self.fake_nvcc(self.bin, "13.0")
        for cards, built_for in ((["NVIDIA H100 80GB HBM3, 9.0"] * 2, "90a-real"), (["NVIDIA L40S, 8.9"], "89-real"),
                                 (["Tesla T4, 7.5", "NVIDIA A100, 8.0", "NVIDIA B200, 10.0"], "80-real\\;100-real")):
            self.fake_nvidia_smi(cards=cards)
            self.assertIn(f"-DCMAKE_CUDA_ARCHITECTURES={built_for} ", self.configure_call() + " ")

    def test_a_card_that_nvcc_does_not_know_gets_the_list_with_ptx(self):
        self.fake_nvcc(self.bin, "12.4", codes="sm_80 sm_89 sm_90")
        self.fake_nvidia_smi(cuda="12.8", cards=["NVIDIA B200, 10.0"])
        self.assertNotIn("ARCHITECTURES", self.configure_call())
        self.assertIn("no machine code for compute capability 10.0", self.setup_script().stderr)

    def test_where_the_card_is_not_told_it_is_built_for_the_list(self):
        self.fake_nvcc(self.bin, "13.0")
        (self.system / "dev").mkdir()
        (self.system / "dev/nvidia0").touch()
        self.assertNotIn("ARCHITECTURES", self.configure_call())
        self.fake_nvidia_smi(cards=["NVIDIA A100, [N/A]"])
        self.assertNotIn("ARCHITECTURES", self.configure_call())

    def test_an_older_card_is_told_so_and_the_cpu_is_offered(self):
        self.fake_nvcc(self.bin, "12.4")
        self.fake_nvidia_smi(cards=["Tesla T4, 7.5"])
        result = self.setup_script()
        self.assertEqual(result.returncode, 3)
        self.assertIn("Tesla T4, 7.5", result.stderr)
        self.assertIn("8.0 (Ampere)", result.stderr)
        self.assertIn("--device cpu", result.stderr)
        self.assertNotIn("would run", result.stderr)
        self.assertIn("-DGPUGAUGE_CUDA=OFF", self.configure_call(GPUGAUGE_CUDA="OFF"))

    def test_another_prefix_on_the_path_does_not_come_before_the_distributions(self):
        self.assertIn("-DCMAKE_PREFIX_PATH=/usr ", self.configure_call() + " ")

    def test_off_asks_for_no_cuda_whatever_is_here(self):
        self.write_driver("580.65.06")
        self.fake_nvcc(self.bin, "13.0")
        self.assertEqual(len(self.would_run(GPUGAUGE_CUDA="OFF")), 1)
        self.assertIn("-DGPUGAUGE_CUDA=OFF", self.configure_call(GPUGAUGE_CUDA="OFF"))

    def test_on_takes_the_wheels_without_a_driver(self):
        self.assertTrue([line for line in self.would_run(GPUGAUGE_CUDA="ON") if "nvidia-cuda-nvcc" in line])

    def test_wheels_passes_over_what_is_installed(self):
        self.fake_nvcc(self.bin, "13.0")
        self.assertTrue([line for line in self.would_run(GPUGAUGE_CUDA="WHEELS") if "nvidia-cuda-nvcc" in line])

    def test_another_value_is_a_usage_error(self):
        result = self.setup_script(GPUGAUGE_CUDA="YES")
        self.assertEqual(result.returncode, 2)
        self.assertIn("expected AUTO, ON, WHEELS or OFF", result.stderr)

    def write_driver(self, version):
        folder = self.system / "proc/driver/nvidia"
        folder.mkdir(parents=True)
        (folder / "version").write_text(
            f"NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  {version}  Release Build\n"
            "GCC version:  gcc version 12.2.0 (Debian 12.2.0-14)\n")

    # the build folder

    def configurations(self):
        return [line for line in self.calls() if "--preset" in line]

    def test_configures_once_and_is_silent_after(self):
        self.setup_script(dry=False)
        second = self.setup_script(dry=False)
        self.assertEqual(second.returncode, 0)
        self.assertEqual(second.stderr, "")
        self.assertEqual(len(self.configurations()), 1)

    def test_configures_again_when_the_settings_change(self):
        self.setup_script(dry=False)
        self.setup_script("--tests", dry=False)
        self.assertIn("-DGPUGAUGE_TESTS=ON", self.configurations()[1])
        self.assertNotIn("--fresh", self.configurations()[1])  # which would remove what was built

    def test_begins_afresh_with_another_compiler(self):
        self.setup_script(dry=False)
        self.fake_nvcc(self.bin, "13.0")
        self.setup_script(dry=False)
        self.assertIn("--fresh -DGPUGAUGE_CUDA=ON", self.configurations()[1])

    def test_a_folder_that_has_the_tests_keeps_them(self):
        self.setup_script("--tests", dry=False)
        (self.checkout / "build/CMakeCache.txt").write_text("GPUGAUGE_TESTS:BOOL=ON\n")
        self.setup_script(dry=False)
        self.assertEqual(len(self.configurations()), 1)

    def test_failed_configuration_is_made_again(self):
        self.fake("cmake", 'if [[ $* == --version ]]; then echo "cmake version 3.25.1"; else exit 1; fi')
        self.assertEqual(self.setup_script(dry=False).returncode, 3)
        self.setup_script(dry=False)
        self.assertEqual(len(self.configurations()), 2)

    def test_unknown_argument_is_a_usage_error(self):
        self.assertEqual(self.setup_script("--test").returncode, 2)


if __name__ == "__main__":
    unittest.main()
