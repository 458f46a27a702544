# SPDX-License-Identifier: Apache-2.0
"""One waveform written in many dialects of CSV: each gives the energy its formula has, or an error that says why."""
import math
import os
import re
import unittest

from harness import CliTest

N = 2000
CURRENT_MA = [round(5 + 3 * math.sin(2 * math.pi * i / 250), 6) for i in range(N)]
VOLTAGE_V = [round(3.3 + 0.2 * math.sin(2 * math.pi * i / 400), 6) for i in range(N)]
CONSTANT_J = sum(CURRENT_MA) * 1e-3 * 3.3 * 1e-3  # 1 ms each
MEASURED_J = sum(i * v for i, v in zip(CURRENT_MA, VOLTAGE_V)) * 1e-3 * 1e-3


def table(header, rows, separator=",", end="\n"):
    return end.join(separator.join(map(str, row)) for row in ([header] if header else []) + list(rows)) + end


def plain(factor=1.0, time=lambda i: i):
    return [(time(i), repr(CURRENT_MA[i] * factor)) for i in range(N)]


def comma(value):
    return str(value).replace(".", ",")


def grouped(value, thousands, decimal):
    return f"{value:,.3f}".replace(",", "T").replace(".", decimal).replace("T", thousands)


class Dialects(CliTest):
    def write(self, content):
        path = self.folder / "log.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def import_csv(self, content, *options, expect=0):
        arguments = [part for option in options for part in ("--option", option)]
        return self.run_cli("import", self.write(content), "-o", self.folder / "log.jmk", "--overwrite", *arguments,
                            expect=expect)

    def check(self, content, *options, energy_j=CONSTANT_J, voltage="voltage=3.3V", tolerance=1e-6):
        """The stored float32 rounds a value by 6e-8 at most."""
        said = self.import_csv(content, *options, *([voltage] if voltage else [])).stderr
        report = self.run_json("report", self.folder / "log.jmk")
        self.assert_close(report["total"]["energy_j"], energy_j, tolerance)
        return said, report

    def refuse(self, content, message, *options):
        (self.folder / "log.jmk").unlink(missing_ok=True)
        said = self.import_csv(content, *options, expect=2).stderr
        self.assertIn(message, said)
        self.assertIn("log.csv", said)
        self.assertFalse((self.folder / "log.jmk").exists())

    # --- headers

    def test_titles_state_their_units_in_many_ways(self):
        titles = [("Time(ms)", "Main(mA)"), ("Timestamp(ms)", "Current (mA)"), ("t_ms", "current_ma"), ("t [ms]", "I [mA]"),
                  ("Time / ms", "I/mA"), ("time_ms", "current_mA"), ("Time (msec)", "Current (milliamps)"),
                  ("millis", "vdd_core_mA"), ("Elapsed ms", "Main current (mA) - Arc01"), ("Time (Milliseconds)", "I (ma)"),
                  ('"Time, ms"', '"Current, mA"')]
        for header in titles:
            with self.subTest(header):
                said, report = self.check(table(header, plain()))
                self.assertEqual(report["capture"]["lost_samples"], 0)
                self.assertIn(f"time: column 1 '{header[0].strip(chr(34))}' in ms, by its title", said)
                self.assertIn(f"current: column 2 '{header[1].strip(chr(34))}' in mA, by its title", said)

    def test_microamps_have_three_letters_for_micro(self):
        for micro in ("u".encode(), "µ".encode(), "μ".encode(), b"\xb5"):
            content = b"t_ms,I (" + micro + b"A)\n" + table(None, plain(1000)).encode()
            self.check(content)

    def test_other_units_scale_as_they_should(self):
        for time, unit in ((lambda i: i / 1000, "s"), (lambda i: i * 1000, "us"), (lambda i: i * 10 ** 6, "ns")):
            self.check(table((f"t_{unit}", "I(uA)"), plain(1000, time)))
        self.check(table(("t_s", "I(A)"), plain(1e-3, lambda i: i / 1000)))
        self.check(table(("t_ms", "p_mw"), plain(3.3)), voltage=None)

    def test_no_unit_is_ever_guessed(self):
        self.refuse(table(("time", "current"), plain()), "add --option time=COLUMN:ms")
        self.refuse(table(("t_ms", "current"), plain()), "add --option current=COLUMN:mA")
        self.refuse(table(("t_ms", "current(MA)"), plain()), "add --option current=COLUMN:mA")
        self.refuse(table(("t_ms", "ma"), plain()), "add --option current=COLUMN:mA")
        self.check(table(("time", "current"), plain()), "time=time:ms", "current=2:mA")

    def test_the_letters_of_three_phases_are_no_units(self):
        content = table(("t_ms", "Current_A", "Current_B", "Current_C"), [(i, c, 7, 8) for i, c in plain()])
        self.refuse(content, "the A of 'Current_A' beside 'Current_B' is taken for a phase or channel, not for a unit")
        self.refuse(content, "states no unit", "current=Current_A")
        said, _ = self.check(content, "current=Current_A:mA")
        self.assertIn("ignored: column 3 'Current_B', column 4 'Current_C'", said)

    def test_a_row_of_units_belongs_to_the_header(self):
        self.check("Time,Channel A\n(ms),(mA)\n\n" + table(None, plain()), "current=Channel A")

    def test_without_a_header_columns_are_numbers(self):
        self.check(table(None, plain()), "time=1:ms", "current=2:mA")
        self.refuse(table(None, plain()), "has 2 columns and no header")

    def test_a_first_row_with_an_odd_field_is_no_header(self):
        rows = plain()
        rows[0] = (0, "OL")
        content = table(None, rows)
        said, report = self.check(content, "time=1:ms", "current=2:mA",
                                  energy_j=CONSTANT_J - CURRENT_MA[0] * 3.3e-6)
        self.assertIn("log.csv: line 1", said)
        self.assertEqual(report["capture"]["samples"], N - 1)

    def test_a_commented_header_is_one(self):
        self.check("# made by a script\n# t_ms,current_ma\n" + table(None, plain()))
        self.check("# t_ms current_ma\n" + table(None, plain(), " "))

    def test_lines_before_the_header_can_be_skipped(self):
        preamble = "Model,X1\nSerial,17\nNote,\"a, b\"\n"
        self.check(preamble + table(("t_ms", "current_ma"), plain()), "skip=3")
        self.refuse(preamble + table(("t_ms", "current_ma"), plain()), "no column's title states a unit of time")

    def test_volts_are_the_supply_only_where_the_title_says_so(self):
        rows = [(i, CURRENT_MA[i], 3.3 if i % 100 < 50 else 0) for i in range(N)]
        for title in ("Marker (V)", "Channel B (V)"):
            said, report = self.check(table(("t_ms", "I (mA)", title), rows))
            self.assertIn(title, said)
            self.assertEqual(report["capture"]["voltage_basis"], "assumed")
        for title in ("Voltage (V)", "U/V", "v_V", "Vdd [V]", "Bus Voltage (V)", "SupplyVoltage(V)", "V1 (V)"):
            self.import_csv(table(("t_ms", "I (mA)", title), rows))
            report = self.run_json("report", self.folder / "log.jmk")
            self.assertEqual(report["capture"]["voltage_basis"], "measured", title)

    def test_a_channel_in_volts_becomes_a_line_by_a_threshold(self):
        content = table(("t_ms", "I (mA)", "CH2"), [(i, CURRENT_MA[i], 3.28 if i % 100 < 50 else 0.04) for i in range(N)])
        self.refuse(content, "threshold=1.5", "lines=CH2")
        self.refuse(content, "lines=COLUMN", "threshold=1.5")
        self.check(content, "lines=CH2", "threshold=1.5")
        report = self.run_json("report", self.folder / "log.jmk", "--event", "inference=d0")
        self.assertEqual(report["events"][0]["count"], N // 100 - 1)  # the first began before the capture
        self.assert_close(report["events"][0]["latency_s"]["mean"], 0.05, 1e-9)

    # --- the well-known tools

    def test_ppk2(self):
        rows = [(repr(i / 100), repr(round(CURRENT_MA[i] * 1000, 3)), "10000000" if i % 100 < 50 else "00000000")
                for i in range(N)]
        said, report = self.check(table(("Timestamp(ms)", "Current(uA)", "D0-D7"), rows),
                                  energy_j=CONSTANT_J / 100)
        self.assertEqual(report["capture"]["sample_rate_hz"], 100000)
        self.assertIn("lines: d0-d7 from column 3 'D0-D7'", said)
        self.run_cli("report", self.folder / "log.jmk", "--event", "inference=d0")

    def test_zeros_that_a_spreadsheet_dropped_never_shift_the_lines(self):
        rows = [(i, CURRENT_MA[i], "1" if i % 2 else "10000000") for i in range(N)]  # 1 was 00000001
        said, _ = self.check(table(("t_ms", "current_ma", "D0-D7"), rows))
        self.assertIn("'1 for 8 lines'", said)
        self.run_cli("report", self.folder / "log.jmk", "--event", "inference=d0", expect=6)

    def test_monsoon(self):
        rows = [(i, CURRENT_MA[i], 99, VOLTAGE_V[i], 5) for i in range(N)]
        said, report = self.check(table(("Time(ms)", "Main(mA)", "USB(mA)", "Main Voltage(V)", "USB Voltage(V)"), rows),
                                  voltage=None, energy_j=MEASURED_J)
        self.assertEqual(report["capture"]["voltage_basis"], "measured")
        self.assertIn("ignored: column 3 'USB(mA)', column 5 'USB Voltage(V)'", said)
        self.check(table(("Time(ms)", "Main(mA)", "USB(mA)", "USB Voltage(V)", "Main Voltage(V)"),
                         [(t, 99, i, v, 5) for t, i, _, v, _ in rows]),
                   "current=USB(mA)", voltage=None, energy_j=MEASURED_J)
        self.refuse(table(("Time(ms)", "Main(mA)", "USB Voltage(V)"), [(t, i, u) for t, i, _, _, u in rows]),
                    "is of another rail")

    def test_ina219_scripts(self):
        header = ("timestamp_ms", "bus_voltage_V", "shunt_voltage_mV", "current_mA", "power_mW")
        rows = [(i, VOLTAGE_V[i], CURRENT_MA[i] / 10, CURRENT_MA[i], 1) for i in range(N)]
        self.check(table(header, rows), voltage=None, energy_j=MEASURED_J)

    # --- how text may look

    def test_separators_quotes_ends_and_marks(self):
        header = ("t_ms", "current_ma")
        rows = plain()
        for name, content in {
                "semicolon": table(header, rows, ";"), "tab": table(header, rows, "\t"), "blank": table(header, rows, " "),
                "blanks": table(header, [(f"{t:>9}", i) for t, i in rows], "   "), "crlf": table(header, rows, ",", "\r\n"),
                "bom": "\ufeff" + table(header, rows), "quotes": table(header, [(f'"{t}"', f'"{i}"') for t, i in rows]),
                "padding": table(header, [(f" {t} ", f" {i} ") for t, i in rows]), "no_end": table(header, rows)[:-1],
                "comments": "#x\n" + table(header, rows).replace("\n500,", "\n# half\n500,"),
                "trailing": table((*header, ""), [(*row, "") for row in rows]),
                "blank_lines": table(header, rows).replace("\n", "\n\n"),
                "exponents": table(header, [(f"{t:.3e}", f"{float(i):.6E}") for t, i in rows]),
                "plus": table(header, [(f"+{t}", f"+{i}") for t, i in rows])}.items():
            with self.subTest(name):
                _, report = self.check(content)
                self.assertEqual(report["capture"]["samples"], N)

    def test_decimal_commas(self):
        header = ("t_ms", "current_ma")
        said, _ = self.check(table(header, [(comma(t / 1), comma(i)) for t, i in plain()], ";"))
        self.assertIn("decimal: comma", said)
        self.check(table(header, [(f'"{t}"', f'"{comma(i)}"') for t, i in plain()]), "decimal=comma")

    def test_what_parts_thousands_is_never_taken_for_a_decimal_sign(self):
        header = ("t_ms", "current_ua")
        for thousands, decimal, name in (".", ",", "comma"), (",", ".", "point"):
            rows = [(t, grouped(CURRENT_MA[t] * 1000, thousands, decimal)) for t in range(N)]
            self.check(table(header, rows, ";"), f"decimal={name}", tolerance=2e-6)
        whole = [(t, grouped(CURRENT_MA[t] * 500 // 1, ",", ".").split(".")[0]) for t in range(N)]
        self.refuse(table(header, whole, "\t"), "decimal=comma or decimal=point")
        mixed = [(t, comma(CURRENT_MA[t]) if t % 2 else CURRENT_MA[t]) for t in range(N)]
        self.refuse(table(header, mixed, ";"), "decimal=comma or decimal=point")

    # --- time

    def test_time_far_from_zero_keeps_its_digits(self):
        for time in (lambda i: f"{1700000000 + i // 1000}.{i % 1000:03}", lambda i: repr(1.7e9 + i / 1000)):
            _, report = self.check(table(("t_s", "current_ma"), plain(1, time)))
            self.assertEqual(report["capture"]["sample_rate_hz"], 1000)
            self.assertEqual(report["capture"]["lost_samples"], 0)
        self.check(table(("t_ns", "current_ma"), plain(1, lambda i: 1700000000123456789 + i * 10 ** 6)))
        self.check(table(("t_s", "current_ma"), plain(1, lambda i: (i - 1000) / 1000)))

    def test_a_hole_is_lost_time_and_no_energy(self):
        rows = [row for i, row in enumerate(plain()) if not 500 <= i < 900]
        kept = sum(c for i, c in enumerate(CURRENT_MA) if not 500 <= i < 900) * 3.3e-6
        _, report = self.check(table(("t_ms", "current_ma"), rows), energy_j=kept)
        self.assertEqual(report["capture"]["lost_samples"], 400)

    def test_the_grade_of_the_data_is_by_the_part_of_the_time_that_is_lost(self):
        for lost, grade in ((0, "good"), (N // 200, "degraded"), (N // 50, "bad")):
            rows = [row for i, row in enumerate(plain()) if not 500 <= i < 500 + lost]
            self.import_csv(table(("t_ms", "current_ma"), rows), "voltage=3.3V")
            self.assertEqual(self.run_json("report", self.folder / "log.jmk")["quality"]["grade"], grade)
            self.assertIn(f"  Data {grade}", self.run_cli("report", self.folder / "log.jmk").stdout)

    def test_rows_out_of_order_or_doubled_are_left_out_and_said(self):
        rows = plain()
        rows[700:700] = [(699, 1000.0), (3, 1000.0)]
        said, report = self.check(table(("t_ms", "current_ma"), rows))
        self.assertIn("1 row with the time of the row before was left out (first:", said)
        self.assertIn("1 row with an earlier time than the row before was left out", said)
        self.assertEqual(report["quality"]["grade"], "degraded")
        self.refuse(table(("t_ms", "current_ma"), reversed(plain())), "sort the file by time")

    def test_one_wrong_time_costs_one_row(self):
        rows = plain()
        rows[700] = (9_000_000, 1000.0)
        said, report = self.check(table(("t_ms", "current_ma"), rows), energy_j=CONSTANT_J - CURRENT_MA[700] * 3.3e-6)
        self.assertIn("1 row with a later time than the row behind was left out (first:", said)
        self.assertEqual(report["capture"]["lost_samples"], 1)

    def test_times_in_whole_milliseconds_keep_every_row_of_a_faster_recording(self):
        said, report = self.check(table(("t_ms", "current_ma"), plain(1, lambda i: round(i / 1.6))),
                                  energy_j=CONSTANT_J / 1.6, tolerance=2e-3)
        self.assertIn("the times are rounded to steps of 1.00 ms: 750 rows have the time of the row before", said)
        self.assertEqual((report["capture"]["samples"], report["capture"]["lost_samples"]), (N, 0))
        self.assertEqual(report["quality"]["grade"], "degraded")

    def test_uneven_times_hold_each_value_to_the_next(self):
        times = [i + (0.3 if i % 3 == 1 else 0) for i in range(N)]
        truth = sum(CURRENT_MA[i] * (times[i + 1] - times[i]) for i in range(N - 1)) * 3.3e-6
        _, report = self.check(table(("t_ms", "current_ma"), plain(1, lambda i: times[i])),
                               energy_j=truth, tolerance=1e-3)

    def test_a_long_text_of_a_file_is_cut_between_its_numbers_and_characters(self):
        numbers = "{" + ",".join(f'""k"":{n}' for n in range(10_000_000, 10_000_040)) + "}"
        for title in (numbers, "\\\\" * 150, "x" + r"\u20ac" * 100, "yz" + r"\u20ac" * 100, "€" * 100, "z" + "€" * 100):
            with self.subTest(title[:20]):
                self.import_csv(table(("t_ms", "I (mA)", f'"{title}"'), [(i, 1, 2) for i in range(9)]))
                lines = self.run_cli("info", self.folder / "log.jmk").stdout.splitlines()
                start = next(i for i, line in enumerate(lines) if line.lstrip().startswith("source.ignored"))
                value = [line.strip() for line in lines[start:]]
                self.assertIn(" ... (--json has all)", " ".join(value))
                for line in value:
                    self.assertLessEqual(len(line.encode()), 80)
                    line.encode("utf-8", "strict")
                    bare = line.replace(" ... (--json has all)", "").replace("... (--json has all)", "").strip()
                    self.assertNotRegex(bare, r"(^|[^\\])(\\\\)*\\(u[0-9a-f]{0,3})?$", value)
                    self.assertEqual(re.findall(r":(\d{1,7}|\d{9,})(?!\d)", bare), [], value)
                    self.assertNotRegex(bare, r"^\d", value)

    # --- values

    def test_a_voltage_held_over_a_long_hole_is_said(self):
        rows = [(i, CURRENT_MA[i], VOLTAGE_V[i] if not 500 <= i < 900 else "") for i in range(N)]
        said = self.import_csv(table(("t_ms", "current_ma", "voltage_v"), rows)).stderr
        self.assertIn("400 currents lie in stretches without a voltage, the longest 401 ms", said)
        self.assertIn("line 502", said)

    def test_rows_without_values_are_told_once(self):
        """Of both channels at once; what one of them lacks alone is told of that one."""
        rows = [(i, 1, 3) for i in range(20)]
        rows[7] = (7, "", "")
        done = self.import_csv(table(("t_ms", "current_ma", "voltage_v"), rows))
        self.assertEqual(len(re.findall("missing or not a number", done.stderr)), 1, done.stderr)
        self.assertIn("(csv.current, csv.voltage)", done.stderr)
        self.assertRegex(done.stdout, r"(?m)^Anomalies +1$")
        rows[8] = (8, "", 3)
        done = self.import_csv(table(("t_ms", "current_ma", "voltage_v"), rows))
        self.assertRegex(done.stderr, r"2 values .* \(csv\.current\)")
        self.assertRegex(done.stderr, r"1 value .* \(csv\.voltage\)")

    def test_a_sensor_the_wrong_way_round_is_said_and_can_be_turned(self):
        content = table(("t_ms", "current"), plain(-1))
        self.check(content, "current=2:-mA")
        _, report = self.check(content, "current=2:mA", energy_j=-CONSTANT_J)
        (finding,) = [f for f in report["findings"] if f["code"] == "negative_power"]
        self.assertIn("current=COLUMN:-mA", finding["message"])

    def test_values_with_their_unit_inside_are_named(self):
        self.refuse(table(("t_ms", "current_ma"), [(i, f"{c} mA") for i, c in enumerate(CURRENT_MA)]),
                    "holds not one current that is a number (first: '5.0 mA' in")

    def test_a_voltage_of_nothing_is_refused(self):
        content = table(("t_ms", "current_ma"), plain())
        for voltage, message in ("0V", "above 0 V"), ("-3.3V", "above 0 V"), ("3.3", "voltage=3.3V"):
            said = self.import_csv(content, f"voltage={voltage}", expect=2).stderr
            self.assertIn(message, said)

    # --- what is no CSV file

    def test_what_cannot_be_read_twice_is_refused_at_once(self):
        os.mkfifo(self.folder / "pipe.csv")
        (self.folder / "folder.csv").mkdir()
        for path, what in (("pipe.csv", "is a pipe"), ("folder.csv", "is a folder"), ("/dev/zero", "is a device"),
                           ("missing.csv", "cannot be opened: No such file")):
            said = self.run_cli("import", path, "-o", "x.jmk", "--format", "csv", expect=2, timeout=20).stderr
            self.assertIn(what, said)
        good = self.write(table(("t_ms", "current_ma"), plain()))
        said = self.run_cli("import", good, "-o", "x.jmk", "--option", "edges=pipe.csv", expect=2, timeout=20).stderr
        self.assertIn("pipe.csv: is a pipe", said)

    def test_bytes_that_are_no_text_end_in_one_clean_line(self):
        for content in (bytes(range(256)) * 64, b"\x1b[2J\x07,a\n1,2\n", b"\0" * 5000, b"a\rb\rc\r1,2\r"):
            said = self.import_csv(content, expect=2).stderr
            self.assertEqual(said.count("\n"), 1, said)
            self.assertFalse(any(ord(c) < 0x20 and c != "\n" for c in said), repr(said))

    def test_edges_on_another_clock_are_refused(self):
        edges = self.folder / "edges.csv"
        content = table(("t_ms", "current_ma"), plain())
        edges.write_text("t_s,line,level\n1700000000.1,d0,1\n1700000000.2,d0,0\n")
        self.assertIn("both files must tell the same clock",
                      self.import_csv(content, f"edges={edges}", "voltage=3.3V", expect=2).stderr)
        edges.write_text("T_ms,Line,Level\n100,d0,Rising\n200,d0,Falling\n200,d0,1\n250,d0,0\n9000,d0,1\n")
        said = self.import_csv(content, f"edges={edges}", "voltage=3.3V").stderr
        self.assertIn("1 edge has the time of the edge before it", said)
        self.assertIn("1 edge lies before the first sample or after the last one", said)


if __name__ == "__main__":
    unittest.main()
