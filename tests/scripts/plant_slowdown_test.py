"""scripts/plant_slowdown.sh: its patches fit the sources, and what it builds from what."""

import os
import shutil
import subprocess
import unittest

from sandbox import SOURCE, ScriptTest


def git(*arguments, cwd):
    return subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments], cwd=cwd, check=True,
                          capture_output=True, text=True, env={**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null"}).stdout


class PatchTest(unittest.TestCase):
    def test_the_patches_fit_the_sources(self):
        patches = sorted((SOURCE / "scripts/slowdowns").iterdir())
        self.assertEqual([patch.name for patch in patches], ["half-the-blocks.patch", "work-twice.patch"])
        for patch in patches:
            done = subprocess.run(["git", "apply", "--check", patch], cwd=SOURCE, capture_output=True, text=True,
                                  check=False)
            self.assertEqual(done.returncode, 0, done.stderr)


class PlantSlowdownTest(ScriptTest):
    def setUp(self):
        super().setUp()
        for tool in ("git", "tail", "basename", "cp"):
            (self.bin / tool).symlink_to(shutil.which(tool))
        self.fake("strip", 'cp -- "$3" "$2"')
        # "Builds" by copying the source, so that what was compiled can be seen.
        self.fake("cmake", 'if [[ $1 == --build ]]; then cp "$2/../kernel.cpp" "$2/gpugauge"; else mkdir "$4"; fi')
        (self.checkout / "kernel.cpp").write_text("fast\n")
        (self.checkout / "scripts/slowdowns/slow.patch").write_text(
            "--- a/kernel.cpp\n+++ b/kernel.cpp\n@@ -1 +1 @@\n-fast\n+slow\n")
        git("init", "--quiet", ".", cwd=self.checkout)
        git("add", "-A", cwd=self.checkout)
        git("commit", "--quiet", "-m", "all", cwd=self.checkout)
        self.build = self.checkout / "build"
        self.build.mkdir()
        (self.build / "CMakeCache.txt").write_text(
            "CMAKE_BUILD_TYPE:STRING=Release\nCMAKE_CXX_FLAGS:STRING=-g -O1\nGPUGAUGE_CUDA:STRING=OFF\nOTHER:STRING=x\n")
        self.program = self.checkout.parent / "slow gpugauge"

    def plant(self, *arguments):
        return self.run_script("scripts/plant_slowdown.sh", *arguments, dry=False, HOME=str(self.system))

    def test_it_builds_the_patched_commit_and_leaves_the_checkout_as_it_is(self):
        done = self.plant("slow", self.program)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.program.read_text(), "slow\n")
        self.assertEqual((self.checkout / "kernel.cpp").read_text(), "fast\n")
        self.assertEqual(len(git("worktree", "list", cwd=self.checkout).splitlines()), 1)
        configured = next(call for call in self.calls() if call.startswith("cmake -S"))
        for setting in ("-DCMAKE_BUILD_TYPE:STRING=Release", "-DCMAKE_CXX_FLAGS:STRING=-g -O1",
                        "-DGPUGAUGE_CUDA:STRING=OFF"):
            self.assertIn(setting, configured)
        self.assertNotIn("OTHER", configured)

    def test_a_patch_that_does_not_fit_ends_with_3_and_leaves_nothing(self):
        (self.checkout / "kernel.cpp").write_text("other\n")
        git("commit", "--quiet", "-am", "other", cwd=self.checkout)
        done = self.plant(self.checkout / "scripts/slowdowns/slow.patch", self.program)
        self.assertEqual(done.returncode, 3)
        self.assertIn("does not apply to the last commit", done.stderr)
        self.assertFalse(self.program.exists())
        self.assertEqual(len(git("worktree", "list", cwd=self.checkout).splitlines()), 1)

    def test_a_build_that_fails_ends_with_3_and_its_last_lines(self):
        self.fake("cmake", "echo 'error: expected ;'; exit 1")
        done = self.plant("slow", self.program)
        self.assertEqual(done.returncode, 3)
        self.assertIn("error: expected ;", done.stderr)

    def test_bad_usage(self):
        self.program.touch()
        for arguments, status, said in (([], 2, "usage: "), (["slow"], 2, "usage: "), (["--what", "slow", "x"], 2, "usage: "),
                                        (["slower", "x"], 2, "nor one of half-the-blocks.patch slow.patch"),
                                        (["slow", self.program], 2, "is there already"),
                                        (["--build", self.system, "slow", "x"], 3, "is not a build folder")):
            done = self.plant(*arguments)
            self.assertEqual(done.returncode, status, arguments)
            self.assertIn(said, done.stderr)


if __name__ == "__main__":
    unittest.main()
