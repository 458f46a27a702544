# SPDX-License-Identifier: Apache-2.0
"""The official MLPerf Tiny figures, from the folder and through a capture, against the published results.txt."""
import re
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
        for folder in eembc_runs()[:4]:
            capture = self.folder / "run.jmk"
            self.run_cli("import", folder, "-o", capture, "--overwrite")
            report = self.run_json("report", capture)
            (event,) = report["events"]
            energies_uj, _ = published(folder)
            mean_uj = sum(energies_uj) / len(energies_uj) / event["repeat"]
            # Whole-sample rule against fractional ends: one sample at each end of ten seconds.
            self.assert_close(event["energy_j"]["mean"] * 1e6, mean_uj, 2e-3, folder.name)
            self.assertEqual(event["count"], 5)


if __name__ == "__main__":
    unittest.main()
