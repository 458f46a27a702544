# SPDX-License-Identifier: Apache-2.0
"""The dashboard's tour of pictures, as far as it must not ask: nobody is there to answer."""
import os
import pathlib
import subprocess
import unittest

from harness import BINARY, CliTest

DASHBOARD = pathlib.Path(BINARY).with_name("joulemark-gui")


@unittest.skipUnless(DASHBOARD.exists(), "no joulemark-gui in this build")
class Tour(CliTest):
    def tour(self, *arguments):
        environment = dict(os.environ, QT_QPA_PLATFORM="offscreen")
        return subprocess.run([DASHBOARD, "--screenshot-tour", "pictures", *arguments], cwd=self.folder, timeout=60,
                              env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)

    def test_what_cannot_be_imported_unasked_ends_it_with_a_sentence(self):
        (self.folder / "points.csv").write_text("a,b\n1,2\n3,4\n")
        for file in ("points.csv", "nowhere.csv"):
            done = self.tour(file)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(file, done.stderr)

    def test_a_recording_that_says_enough_is_imported(self):
        (self.folder / "points.csv").write_text("Timestamp(ms),Current(uA)\n0,100\n1,200\n2,300\n")
        self.tour("points.csv", "--instrument", "nosuch:thing")
        self.assertIn("imported.jmk", os.listdir(self.folder / "pictures"))

    def test_what_is_written_as_an_instrument_is_taken_as_one(self):
        done = self.tour("nosuch:thing")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn("nosuch:thing: ", done.stderr)


if __name__ == "__main__":
    unittest.main()
