# SPDX-License-Identifier: Apache-2.0
"""The official MLPerf Tiny figures, from the folder and through a capture, against the published results.txt."""
import array
import itertools
import json
import re
import shutil
import struct
import unittest

from harness import CAPTURES, CliTest, needs_captures


def published(folder):
    text = (folder / "results.txt").read_text()
    energies = [float(x) for x in re.findall(r"Energy\s+:\s+([\d.]+) uJ", text)]
    return energies, re.search(r"Median energy cost is ([\d.]+) uJ/inf\.", text).group(1)


def meets_the_rules(folder):
    """The official tool says so of each of the five windows."""
    return (folder / "results.txt").read_text().count("Runtime requirements have been met") == 5


def eembc_runs():
    return sorted(path.parent for path in (CAPTURES / "mlperf_tiny").glob("*/trace1-energy.bin"))


def runner_runs():
    return sorted(path.parent for path in (CAPTURES / "mlperf_tiny_v13_runner").glob("*/results.json"))


def integrated(folder):
    """Joules of the windows between the 2nd and 3rd, 4th and 5th ... edge."""
    data = (folder / "trace1-energy.bin").read_bytes()
    (rate_hz,) = struct.unpack("<f", data[1:5])
    samples_uj = array.array("f", data[5:5 + (len(data) - 5) // 4 * 4])
    sums = [0.0, *itertools.accumulate(samples_uj)]

    def until(time_s):
        whole, part = divmod(time_s * rate_hz, 1)
        return sums[int(whole)] + part * samples_uj[int(whole)]

    edges_s = json.loads((folder / "trace1-timestamps.json").read_text())
    return [(until(edges_s[k + 1]) - until(edges_s[k])) * 1e-6 for k in range(1, len(edges_s) - 1, 2)]


@needs_captures
class PublishedFigures(CliTest):
    def check(self, result, text, folder):
        energies_uj, median = published(folder)
        self.assertEqual(len(result["windows"]), len(energies_uj))
        for window, energy_uj in zip(result["windows"], energies_uj):
            self.assertLessEqual(abs(window["energy_j"] * 1e6 - energy_uj), 0.000501, folder.name)
        self.assertIn(f"Median energy cost is {median} uJ/inf.", text)
        self.assertEqual(result["verdict"], "valid" if meets_the_rules(folder) else "invalid")

    def check_both_ways(self, folder):
        capture = self.folder / "run.jmk"
        self.run_cli("import", folder, "-o", capture, "--overwrite")
        self.run_cli("verify", capture)
        expected = 0 if meets_the_rules(folder) else 1
        for source in (folder, capture):
            text = self.run_cli("mlperf", source, expect=expected).stdout
            self.check(self.run_json("mlperf", source, expect=expected), text, folder)

    def test_every_energyrunner_run_matches(self):
        self.assertEqual(len(eembc_runs()), 16)
        for folder in eembc_runs():
            with self.subTest(folder.name):
                self.check_both_ways(folder)

    def test_the_python_runner_matches(self):
        self.assertEqual(len(runner_runs()), 1)
        for folder in runner_runs():
            energies_uj = [float(x) for x in re.findall(r"Total Energy\s+: ([\d.]+) uJ",
                                                        (folder / "results.txt").read_text())]
            with self.subTest(folder.name):
                result = self.run_json("mlperf", folder / "results.json")
                self.assertEqual(len(result["windows"]), len(energies_uj))
                for window, energy_uj in zip(result["windows"], energies_uj):
                    self.assertLessEqual(abs(window["energy_j"] * 1e6 - energy_uj), 0.000501)
                capture = self.folder / "run.jmk"
                self.run_cli("import", folder / "results.json", "-o", capture, "--overwrite")
                self.assertEqual(self.run_json("mlperf", capture)["windows"], result["windows"])
                median = re.search(r"Median energy cost is ([\d.]+) uJ/inf\.", (folder / "results.txt").read_text())
                self.assertIn(median.group(0), self.run_cli("mlperf", capture).stdout)

    def test_report_uses_the_recommended_markers(self):
        """Energy per inference against an integration of the file's own bytes, ends of a window by their fraction."""
        for folder in eembc_runs():
            with self.subTest(folder.name):
                capture = self.folder / "run.jmk"
                said = self.run_cli("import", folder, "-o", capture, "--overwrite").stdout
                (event,) = self.run_json("report", capture)["events"]
                self.assertIn(f" inference=d0,pair=falling,skip=1,repeat={event['repeat']} ", said)
                self.assertEqual((event["count"], event["method"]), (5, "integral"))
                energies_j = integrated(folder)
                self.assert_close(event["energy_j"]["mean"], sum(energies_j) / 5 / event["repeat"], 1e-10)
                self.assert_close(event["energy_j"]["max"], max(energies_j) / event["repeat"], 1e-10)
                self.assertIn(f"m-infer-start-{event['repeat']}\n", (folder / "log.txt").read_text().replace("\r", ""))

    def with_edges(self, folder, change):
        """A copy of the run whose list of edges went through change."""
        copy = self.folder / "run"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder, copy)
        edges = json.loads((folder / "trace1-timestamps.json").read_text())
        (copy / "trace1-timestamps.json").write_text(json.dumps(change(edges)))
        return copy

    def test_a_lost_edge_never_lets_report_take_pauses_for_inferences(self):
        folder = eembc_runs()[1]
        capture = self.folder / "run.jmk"
        for lost in range(1, 11):
            copy = self.with_edges(folder, lambda edges: edges[:lost] + edges[lost + 1:])
            said = self.run_cli("import", copy, "-o", capture, "--overwrite").stderr
            mark = f"{'end' if lost % 2 == 0 else 'start'} of window {lost + lost % 2}"
            self.assertIn(mark, said)
            done = self.run_cli("report", capture, "--json", "-", expect=6)
            report = json.loads(done.stdout)
            self.assertEqual(report["events"], [])
            (finding,) = [f for f in report["findings"] if f["code"] == "event_withheld"]
            self.assertIn(mark, finding["message"])
            self.run_cli("mlperf", capture, expect=6)
        asked = self.run_json("report", capture, "--event", "inference=d0,pair=falling,skip=1")
        self.assertIn("event_withheld", [f["code"] for f in asked["findings"]])

    def test_an_output_among_the_files_of_a_run_takes_the_place_of_none_that_is_read(self):
        run = self.with_edges(eembc_runs()[1], lambda edges: edges)
        before = {path: path.read_bytes() for path in run.iterdir()}
        for _ in range(2):
            self.run_cli("mlperf", run, "--json", run / "results.json")
            self.run_cli("import", run, "-o", run / "run.jmk", "--overwrite")
        self.assertEqual(json.loads((run / "results.json").read_text())["verdict"], "valid")
        for name in ("trace1-energy.bin", "trace1-timestamps.json", "log.txt"):
            for given in (run, run / "trace1-energy.bin"):
                self.assertIn("is read here", self.run_cli("mlperf", given, "--json", run / name, expect=2).stderr)
                self.run_cli("import", given, "-o", run / name, "--overwrite", expect=2)
        for path, content in before.items():
            self.assertEqual(path.read_bytes(), content, path.name)

    def test_without_its_handshake_the_windows_are_the_same(self):
        folder = eembc_runs()[1]
        whole, lost = self.folder / "whole.jmk", self.folder / "lost.jmk"
        self.run_cli("import", folder, "-o", whole)
        self.run_cli("import", self.with_edges(folder, lambda edges: edges[1:]), "-o", lost)
        self.assertEqual(self.run_json("report", lost)["events"], self.run_json("report", whole)["events"])


if __name__ == "__main__":
    unittest.main()
