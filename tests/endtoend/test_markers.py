# SPDX-License-Identifier: Apache-2.0
"""Coded markers and the names in a firmware's ELF file, from the edges to the report."""
import json
import pathlib
import shutil
import statistics
import subprocess
import unittest

from harness import BINARY, ROOT, CliTest

TWIN = pathlib.Path(BINARY).with_name("joulemark-twin")
FIRMWARE = pathlib.Path(BINARY).parents[1] / "firmware"

# Depth first: name, code, begin and end in ms. What a target with jm_marker.h would show.
EVENTS = [
    ("inference", 1, 100, 160),
    ("layer", 2, 110, 120),
    ("layer", 2, 130, 150),
    ("radio", 5, 300, 340),
    ("inference", 1, 500, 560),
    ("layer", 2, 510, 530),
    ("radio", 5, 700, 740),
]
NAMES = {"inference": 2, "layer": 3, "radio": 2}
IDLE_MA, ACTIVE_MA = 2.0, 12.0

SOURCE = """
#define JM_MARKER_LINES 3
#define JM_MARKER_CODED
%s
#include <stdint.h>
%s
#include <jm_marker.h>
JM_MARKER_EVENT(inference, 1)
JM_MARKER_EVENT(layer, 0x2)
JM_MARKER_EVENT(radio, 5)
int main(void) {
  jm_marker_setup();
  jm_marker_begin(inference);
  jm_marker_end(inference);
  return 0;
}
"""
HOOK = "static void put(uint32_t lines, uint32_t levels) { (void)lines; (void)levels; }\n#define JM_MARKER_PORT_HOOK put"


def transitions():
    """(ms, code): what the lines show from then on."""
    steps = [(begin, code) for _, code, begin, _ in EVENTS]
    for _, _, _, end in EVENTS:
        around = [(b, c) for _, c, b, e in EVENTS if b < end < e]
        steps.append((end, max(around)[1] if around else 0))
    return sorted(steps)


def edges(strobe):
    """Lines of one port change 1.5 us apart, those that go up first; the strobe 1 us later."""
    rows, shown, flag = [], 0, 0
    for at_ms, code in transitions():
        at_us = 1e3 * at_ms
        for line in [n for n in range(3) if code & ~shown & 1 << n] + [n for n in range(3) if shown & ~code & 1 << n]:
            rows.append((at_us, f"d{line}", code >> line & 1))
            at_us += 1.5
        if strobe:
            flag = 1 - flag
            rows.append((at_us + 1, "d3", flag))
        shown = code
    return rows


def current_ma(at_ms):
    return ACTIVE_MA if any(begin <= at_ms < end for _, _, begin, end in EVENTS) else IDLE_MA


class Markers(CliTest):
    def build(self, compiler, *flags, strobe=False, port=HOOK, name="target.elf"):
        if not shutil.which(compiler):
            self.skipTest(f"no {compiler}")
        (self.folder / "target.c").write_text(SOURCE % ("#define JM_MARKER_STROBE" if strobe else "", port))
        subprocess.run([compiler, *flags, "-O1", f"-I{ROOT}/firmware-probe/include", "target.c", "-o", name],
                       cwd=self.folder, check=True)
        return name

    def build_avr(self, **how):
        return self.build("avr-gcc", "-mmcu=atmega328p", port="#define JM_MARKER_PORT_AVR D", **how)

    def build_lines(self):
        if not shutil.which("avr-gcc"):
            self.skipTest("no avr-gcc")
        (self.folder / "lines.c").write_text("#define JM_MARKER_PORT_AVR D\n#include <jm_marker.h>\n"
                                             "JM_MARKER_EVENT(work, 1)\nint main(void) { return 0; }\n")
        subprocess.run(["avr-gcc", "-mmcu=atmega328p", "-Os", f"-I{ROOT}/firmware-probe/include", "lines.c", "-o",
                        "lines.elf"], cwd=self.folder, check=True)
        return "lines.elf"

    def capture(self, strobe):
        samples = "".join(f"{ms},{current_ma(ms)}\n" for ms in range(1000))
        (self.folder / "log.csv").write_text("t_ms,i_mA\n" + samples)
        rows = "".join(f"{at:.1f},{line},{level}\n" for at, line, level in edges(strobe))
        (self.folder / "edges.csv").write_text("t_us,line,level\n" + rows)
        self.run_cli("import", "log.csv", "-o", "log.jmk", "--overwrite", "--option", "edges=edges.csv", "--option",
                     "voltage=3V")

    def check(self, report, names=NAMES):
        self.assertEqual({each["name"]: each["count"] for each in report["events"]}, names)
        self.assertEqual([a for a in report["quality"]["anomalies"] if a["severity"] != "info"], [])
        for event in report["events"]:
            lengths = [end - begin for name, _, begin, end in EVENTS if name == event["name"]]
            if lengths:
                self.assertAlmostEqual(event["latency_s"]["mean"], 1e-3 * statistics.mean(lengths), delta=5e-6)

    def test_codes_and_names_make_the_report(self):
        for strobe, build in ((False, self.build_avr), (True, self.build_avr), (True, lambda **how: self.build("cc", **how))):
            elf = build(strobe=strobe)
            self.capture(strobe)
            code = "code:d0-d2,strobe=d3" if strobe else "code:d0-d2"
            self.check(self.run_json("report", "log.jmk", "--elf", elf))
            self.check(self.run_json("report", "log.jmk", "--markers", code, "--elf", elf))
            self.check(self.run_json("report", "log.jmk", "--markers", code), {"code1": 2, "code2": 3, "code5": 2})

    def test_energies_are_those_of_the_windows(self):
        elf = self.build_avr(strobe=True)
        self.capture(strobe=True)
        report = self.run_json("report", "log.jmk", "--elf", elf, "--useful", "radio")
        radio = next(each for each in report["events"] if each["name"] == "radio")
        self.assert_close(radio["energy_j"]["mean"], 40e-3 * ACTIVE_MA * 1e-3 * 3, 1e-3)
        self.assertEqual(report["useful_event"]["count"], 2)

    def test_a_settling_time_may_be_said(self):
        self.capture(strobe=False)
        report = self.run_json("report", "log.jmk", "--markers", "code:d0-d2,settle=15ms")
        self.assertNotEqual(report["quality"]["anomalies"], [])  # a layer of 10 ms does not count
        self.assertEqual({e["name"]: e["count"] for e in report["events"]}["code5"], 2)

    def test_nonsense_is_refused(self):
        plain = self.build_avr(name="coded.elf")
        self.capture(strobe=False)
        self.build_lines()
        (self.folder / "cut.elf").write_bytes((self.folder / plain).read_bytes()[:500])
        for arguments, says in (
            (["--elf", "none.elf"], "No such file"),
            (["--elf", "log.csv"], "not an ELF file"),
            (["--elf", "cut.elf"], "cut.elf"),
            (["--elf", "/bin/true"], ".jm_markers"),
            (["--elf", "lines.elf", "--markers", "code:d0-d2"], "a line for each event"),
            (["--markers", "code:d0-d7"], "no line 'd7'"),
            (["--markers", "d0"], "code:d0-d3"),
            (["--markers", "code:d0-d2,strobe=d2"], "of its own"),
            (["--markers", "code:d0,settle=never"], "settle"),
            (["--elf", "coded.elf", "--json", "coded.elf"], "is read here"),
        ):
            done = self.run_cli("report", "log.jmk", *arguments, expect=2)
            self.assertIn(says, done.stderr, arguments)
        for arguments, says in (
            (["-o", "coded.elf", "--elf", "coded.elf"], "is read here"),
            (["-o", "x.jmk", "--duration", "100ms", "--markers", "code:d0-d7"], "no line"),
        ):
            done = self.run_cli("record", "sim:kws", "--overwrite", *arguments, expect=2)
            self.assertIn(says, done.stderr, arguments)
            self.assertFalse((self.folder / "x.jmk").exists())

    def test_firmware_that_marks_in_another_way_than_the_capture_is_refused(self):
        with_strobe = self.build_avr(strobe=True, name="strobe.elf")
        coded, lines = self.build_avr(name="coded.elf"), self.build_lines()
        record = ("record", "sim:kws", "--duration", "1s", "--option", "pace=max")
        self.run_cli(*record, "-o", "coded.jmk", "--elf", coded)
        self.run_cli(*record, "-o", "lines.jmk", "--elf", lines)
        line_each, codes = "a line for each event", "codes of 3 lines"
        for capture, elf, marks, recorded in (("coded.jmk", lines, line_each, codes),
                                              ("coded.jmk", with_strobe, codes + " and a strobe", codes),
                                              ("lines.jmk", coded, codes, line_each)):
            said = self.run_cli("report", capture, "--elf", elf, expect=2).stderr
            self.assertIn(f"{elf}: this firmware marks by {marks}, the capture was recorded with {recorded}:", said)
            self.assertIn("leave --elf out", said)
        self.run_json("report", "coded.jmk", "--elf", coded)
        self.run_json("report", "lines.jmk", "--elf", lines)
        self.run_json("report", "coded.jmk", "--elf", lines, "--event", "work=d0")
        self.run_json("report", "lines.jmk", "--elf", coded, "--markers", "code:d0-d2")

    def test_a_recording_keeps_what_the_firmware_told(self):
        elf = self.build_avr(strobe=True)
        self.run_cli("record", "sim:kws", "-o", "x.jmk", "--duration", "2s", "--option", "pace=max", "--markers",
                     "code:d0-d2", "--elf", elf)
        (self.folder / elf).unlink()
        names = {each["name"] for each in self.run_json("report", "x.jmk")["events"]}
        self.assertLessEqual({"inference", "layer"}, names)


@unittest.skipUnless(TWIN.exists(), "no joulemark-twin: no avr-gcc or no libsimavr")
class TwinMarkers(CliTest):
    def test_real_firmware_is_named_by_its_own_elf_file(self):
        elf = FIRMWARE / "kws_coded.elf"
        self.run_cli("record", "twin:kws", "-o", "twin.jmk", "--duration", "8s", "--option", f"firmware={elf}",
                     "--option", "lines=d0-d3", "--option", "truth=truth.json", "--elf", elf, timeout=120)
        report = self.run_json("report", "twin.jmk", "--useful", "keyword", "--per-event", "events.csv")
        rows = [dict(zip(("name", "begin", "end"), each)) for each in self.rows("name", "begin_s", "end_s")]
        truth = self.true_events(json.loads((self.folder / "truth.json").read_text()))
        for name in ("inference", "listen", "keyword"):
            found = [(float(r["begin"]), float(r["end"])) for r in rows if r["name"] == name]
            true = [(begin, end) for of, begin, end in truth if of == name]
            self.assertGreater(len(found), 1, name)
            self.assertEqual(len(found), next(e["count"] for e in report["events"] if e["name"] == name))
            self.check_lengths(name, found, true)
        self.assertEqual(report["useful_event"]["count"], sum(row["name"] == "keyword" for row in rows))

    def test_a_recording_ends_after_so_many_coded_events(self):
        elf = FIRMWARE / "kws_coded.elf"
        self.run_cli("record", "twin:kws", "-o", "twin.jmk", "--events", "5", "--option", f"firmware={elf}",
                     "--option", "lines=d0-d3", "--elf", elf, timeout=120)
        self.assertEqual(sum(event["count"] for event in self.run_json("report", "twin.jmk")["events"]), 5)

    def rows(self, *columns):
        lines = (self.folder / "events.csv").read_text().splitlines()
        header = lines[0].split(",")
        return [[line.split(",")[header.index(column)] for column in columns] for line in lines[1:]]

    def true_events(self, truth):
        """The twin names lines; a keyword is code 3: the first two lines together."""
        of = {name: [(e["begin_s"], e["end_s"]) for e in truth["events"] if e["name"] == name]
              for name in ("inference", "listen")}
        both = [a for a in of["inference"] for b in of["listen"] if abs(a[0] - b[0]) < 1e-6]
        near = lambda each: any(abs(each[0] - a[0]) < 1e-6 for a in both)
        return ([("keyword", *each) for each in both] +
                [(name, *each) for name in of for each in of[name] if not near(each)])

    def check_lengths(self, name, found, true):
        """Each length is that of a true event, in order; the captured line's strobe is not among the codes' lines."""
        lengths = [end - begin for begin, end in true]
        at = min(range(len(lengths) - len(found) + 1),
                 key=lambda i: sum(abs(f[1] - f[0] - l) for f, l in zip(found, lengths[i:])))
        for (begin, end), length in zip(found, lengths[at:]):
            self.assertAlmostEqual(end - begin, length, delta=50e-6, msg=name)


if __name__ == "__main__":
    unittest.main()
