"""scripts/lint.sh: which checks it makes, and how it says that one could not be made."""

import unittest

from sandbox import ScriptTest


class LintTest(ScriptTest):
    def setUp(self):
        super().setUp()
        (self.checkout / "a file.cpp").write_text("int main( ){}\n")
        self.fake("git", 'printf "%s\\0" "a file.cpp" "gone.cpp"')

    def lint(self, *arguments):
        return self.run_script("scripts/lint.sh", *arguments, dry=False)

    def test_checks_each_file_that_exists(self):
        self.fake("clang-format", '[[ $1 != --version ]] || echo "Debian clang-format version 14.0.6"')
        result = self.lint("format")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertIn("clang-format --dry-run -Werror a file.cpp", self.calls())

    def test_a_finding_is_a_failure(self):
        self.fake("clang-format", 'if [[ $1 == --version ]]; then echo "version 14.0.6"; else exit 1; fi')
        self.assertEqual(self.lint("format").returncode, 1)

    def test_another_version_of_clang_format_is_skipped_with_the_reason(self):
        self.fake("clang-format", 'echo "Ubuntu clang-format version 18.1.3"')
        result = self.lint("format")
        self.assertEqual(result.returncode, 77)
        self.assertIn("clang-format 14 is not installed", result.stdout)

    def test_a_missing_tool_is_skipped_with_the_reason(self):
        result = self.lint("shell")
        self.assertEqual(result.returncode, 77)
        self.assertIn("shellcheck is not installed", result.stdout)

    def test_no_checkout_is_skipped_with_the_reason(self):
        self.fake("git", "exit 128")
        self.fake("shellcheck")
        result = self.lint("shell")
        self.assertEqual(result.returncode, 77)
        self.assertIn("git lists no scripts", result.stdout)

    def test_a_failure_outweighs_a_skip(self):
        self.fake("clang-format", 'if [[ $1 == --version ]]; then echo "version 14.0.6"; else exit 1; fi')
        self.assertEqual(self.lint("shell", "format").returncode, 1)

    def test_unknown_check_is_a_usage_error(self):
        self.assertEqual(self.lint("spelling").returncode, 2)


if __name__ == "__main__":
    unittest.main()
