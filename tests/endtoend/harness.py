# SPDX-License-Identifier: Apache-2.0
"""Runs the real joulemark binary; truth comes from published figures and formulae, never from our own libraries."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("JOULEMARK_BIN", str(ROOT / "build/bin/joulemark"))
CAPTURES = pathlib.Path(os.environ.get("JOULEMARK_CAPTURES", ROOT.parent / "shared/captures"))
LONG = bool(os.environ.get("JOULEMARK_LONG"))

needs_captures = unittest.skipUnless(CAPTURES.is_dir(), f"no real recordings at {CAPTURES}")
long_test = unittest.skipUnless(LONG, "long: runs in ./dev check")


class CliTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="joulemark-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_cli(self, *arguments, expect=0, timeout=120):
        done = subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=timeout,
                              stdin=subprocess.DEVNULL, cwd=self.folder)
        self.assertEqual(done.returncode, expect, f"{arguments}\nstdout: {done.stdout}\nstderr: {done.stderr}")
        return done

    def run_json(self, *arguments, expect=0):
        return json.loads(self.run_cli(*arguments, "--json", "-", expect=expect).stdout)

    def metadata(self, capture):
        items = json.loads(self.run_cli("info", capture, "--json").stdout)["metadata"]
        return {item["key"]: item["value"] for item in items}

    def assert_close(self, value, truth, relative, what=""):
        self.assertLessEqual(abs(value - truth), relative * abs(truth), f"{what}: {value} against {truth}")
