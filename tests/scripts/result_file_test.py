"""What the scripts write stays whole, and nothing that was measured or read is lost."""

import os
import pathlib
import shutil
import stat
import sys
import tempfile
import threading
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
from result_file import WrongInput, write_whole  # noqa: E402

MEASURED = ROOT / "tests" / "data" / "record" / "synthetic_bare.json"
IMPORTED = ROOT / "results" / "imported" / "l40s.json.gz"


class WriteWhole(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def test_a_link_stays_and_its_target_keeps_its_mode(self):
        target, link = self.folder / "target", self.folder / "link"
        target.write_text("old")
        target.chmod(0o640)
        link.symlink_to("target")
        write_whole(link, b"new")
        self.assertTrue(link.is_symlink())
        self.assertEqual(target.read_bytes(), b"new")
        self.assertEqual(stat.S_IMODE(target.stat().st_mode), 0o640)
        self.assertEqual(len(list(self.folder.iterdir())), 2)

    def test_a_pipe_gets_the_bytes(self):
        pipe, got = self.folder / "pipe", []
        os.mkfifo(pipe)
        reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
        reader.start()
        write_whole(pipe, b"new")
        reader.join(10)
        self.assertEqual(got, [b"new"])
        self.assertTrue(stat.S_ISFIFO(pipe.stat().st_mode))

    def test_an_input_is_not_replaced(self):
        read, other = self.folder / "read", self.folder / "other"
        read.write_text("old")
        os.link(read, other)
        with self.assertRaisesRegex(WrongInput, "other: is also read"):
            write_whole(other, b"new", [self.folder / "absent", read])
        self.assertEqual(read.read_text(), "old")

    def test_a_measurement_is_not_replaced_but_what_was_imported_is(self):
        for source, is_kept in ((MEASURED, True), (IMPORTED, False)):
            path = shutil.copy(source, self.folder)
            if is_kept:
                with self.assertRaisesRegex(WrongInput, "measured"):
                    write_whole(path, b"new")
            else:
                write_whole(path, b"new")
            self.assertEqual(pathlib.Path(path).read_bytes() == source.read_bytes(), is_kept)

    def test_a_folder_that_is_not_there_is_named(self):
        with self.assertRaisesRegex(WrongInput, "absent/x: cannot be written: No such file"):
            write_whole(self.folder / "absent" / "x", b"new")


if __name__ == "__main__":
    unittest.main()
