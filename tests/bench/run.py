# SPDX-License-Identifier: Apache-2.0
"""Runs the benchmarks beside their peers in one go and prints what came out, as ratios and against limits.

    run.py FOLDER_OF_BINARIES [--only PART]... [--write docs/performance.md]

Exits 1 when a limit is missed. Timings are medians of several rounds by the clock; where others keep the machine busy,
the CPU time beside them says what the work itself costs. Memory is the peak of the whole process.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
MEMORY_LIMIT_MB = 150
PATTERN_MB = 4 * 2**22 / 2**20  # samples that the live benchmark of the dashboard repeats; the rest is the product's


def run(command, folder):
    """stdout, and the peak resident memory in MB."""
    environment = dict(os.environ, JOULEMARK_BENCH_DIR=folder, TMPDIR=folder)
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True, env=environment)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed with {process.returncode}")
    return out, usage.ru_maxrss / 1024


def google_benchmark(binary, folder, pattern=".", rounds=3):
    """name -> median result of each benchmark, and the peak memory in MB."""
    out, memory_mb = run([binary, f"--benchmark_filter={pattern}", f"--benchmark_repetitions={rounds}",
                          "--benchmark_format=json", "--benchmark_min_time=0.1"], folder)
    results = {}
    for result in json.loads(out)["benchmarks"]:
        if result.get("error_occurred"):
            sys.exit(f"{result['name']}: {result['error_message']}")
        if result.get("aggregate_name", "median") == "median":
            results[result["run_name"].split("/real_time")[0].split("/iterations")[0]] = result
    return results, memory_mb


class Table:
    def __init__(self):
        self.rows = [("what", "measured", "limit")]
        self.missed = []

    def add(self, what, value, limit="", good=True):
        self.rows.append((what, value, limit if good else f"{limit} **missed**"))
        if not good:
            self.missed.append(what)

    def add_memory(self, what, memory_mb):
        self.add(f"resident memory, {what}", f"{memory_mb:.0f} MB", f"<= {MEMORY_LIMIT_MB} MB",
                 memory_mb <= MEMORY_LIMIT_MB)

    def text(self):
        widths = [max(len(row[column]) for row in self.rows) for column in range(3)]
        lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in self.rows]
        return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])


def milliseconds(result):
    return result["real_time"] * {"ns": 1e-6, "us": 1e-3, "ms": 1, "s": 1e3}[result["time_unit"]]


def store(table, binaries, folder):
    limits, _ = google_benchmark(binaries / "bench_store", folder, "Limit")
    ours, memory_mb = google_benchmark(binaries / "bench_store", folder, "BulkWrite", 5)
    peer, _ = google_benchmark(binaries / "peer_hdf5", folder)
    bulk = ours["BM_BulkWrite/100000000"]
    hdf5 = peer["BM_Hdf5Write/10000000"]
    rate = bulk["samples_per_s"] / 1e6
    cores = limits["BM_LimitCores"]["cores"]
    table.add("limit: cores that two busy threads got", f"{cores:.2f}")
    table.add("limit: copying the samples in memory", f"{limits['BM_LimitMemcpy']['samples_per_s'] / 1e6:.0f} MS/s")
    table.add("limit: the codec alone, on one thread", f"{limits['BM_LimitCodec']['samples_per_s'] / 1e6:.0f} MS/s")
    table.add("limit: writing and syncing a plain file of 80 MB",
              f"{limits['BM_LimitDisk/80000000']['bytes_per_s'] / 1e6:.0f} MB/s")
    table.add("bulk writing, 10^8 samples, summaries and checksums", f"{rate:.0f} MS/s", ">= 200 MS/s", rate >= 200)
    table.add("the same, CPU time of all threads", f"{bulk['cpu_s']:.2f} s: {100 * cores / bulk['cpu_s']:.0f} MS/s at most "
              "on these cores")
    table.add("bytes a sample, summaries included", f"{bulk['bytes_per_sample']:.2f}", "<= 2.5",
              bulk["bytes_per_sample"] <= 2.5)
    table.add("HDF5 (chunks, shuffle, deflate 1)", f"{hdf5['samples_per_s'] / 1e6:.0f} MS/s, "
              f"{hdf5['bytes_per_sample']:.2f} bytes a sample")
    ratio = bulk["samples_per_s"] / hdf5["samples_per_s"]
    table.add("bulk writing against HDF5", f"{ratio:.1f} x", ">= 5 x", ratio >= 5)
    table.add_memory("bulk writing", memory_mb)


def live(table, binaries, folder):
    ours, memory_mb = google_benchmark(binaries / "bench_live", folder, rounds=1)
    (result,) = ours.values()
    table.add("live: 2 channels of 2 MS/s and 20 k edges/s", f"{100 * result['cpu_share']:.0f} % of a core", "<= 25 %",
              result["cpu_share"] <= 0.25)
    table.add("the same, losses", f"{result['losses']:.0f}", "0", result["losses"] == 0)
    table.add_memory("live recording", memory_mb)


def monsoon(table, binaries, folder):
    decoding, _ = google_benchmark(binaries / "bench_monsoon", folder)
    rate = decoding["BM_MonsoonDecode"]["items_per_second"] / 1e6
    table.add("Monsoon: packets to samples, one core", f"{rate:.0f} M observations/s", ">= 20 M/s", rate >= 20)
    recording, _ = google_benchmark(binaries / "bench_monsoon_recording", folder, rounds=1)
    share = 100 * recording["BM_MonsoonLive/20"]["cpu_share"]
    table.add("Monsoon: live at 5 kS/s into a file, real libusb", f"{share:.2f} % of a core", "<= 2 %", share <= 2)
    day = recording["BM_MonsoonDay/24"]
    table.add("Monsoon: a day of 5 kS/s, peak memory after 1 h", f"{day['first_hour_kb'] / 1024:.1f} MB",
              "lost: 0", day["lost"] == 0)
    table.add("Monsoon: the same after 24 h", f"{day['grown_kb'] / 1024:+.1f} MB", "<= +1 MB", day["grown_kb"] <= 1024)


def twin(table, binaries, folder):
    """Absent where there is no avr-gcc or no libsimavr."""
    if not (binaries / "bench_twin").exists():
        return
    ours, _ = google_benchmark(binaries / "bench_twin", folder)
    result = ours["BM_TwinSecond"]
    table.add("twin: both boards while sampling, against real time", f"{1e3 / milliseconds(result):.1f} x")
    table.add("the same, CPU time", f"{result['cpu_s_per_s']:.2f} s a second")


def probe(table, binaries, folder):
    decoding, _ = google_benchmark(binaries / "bench_probe", folder)
    rate = decoding["BM_ProbeDecode"]["bytes_per_second"] / 1e6
    table.add("probe: the line's bytes to samples and edges, one core", f"{rate:.0f} MB/s", ">= 50 MB/s", rate >= 50)


def views(table, binaries, folder):
    ours, _ = google_benchmark(binaries / "bench_view", folder, rounds=5)  # makes the captures
    _, memory_mb = google_benchmark(binaries / "bench_view", folder, "BM_View/1000000000", 1)
    small, large = ours["BM_View/10000000"], ours["BM_View/1000000000"]
    table.add("view of 2000 columns, 10^9 samples, any zoom, warm",
              f"p50 {large['p50_ms']:.2f} ms, p99 {large['p99_ms']:.2f} ms", "p99 <= 1 ms", large["p99_ms"] <= 1)
    table.add("the same, CPU time", f"p99 {large['p99_cpu_ms']:.2f} ms", "p99 <= 1 ms", large["p99_cpu_ms"] <= 1)
    ratio = large["p99_cpu_ms"] / small["p99_cpu_ms"]
    table.add("the same against 10^7 samples", f"{ratio:.2f} x (p99 {small['p99_cpu_ms']:.2f} ms)", "<= 2 x", ratio <= 2)
    cold = ours["BM_ViewCold/1000000000"]
    table.add("opening and the first view of all 10^9 samples (cold)", f"{milliseconds(cold):.1f} ms")
    opening = milliseconds(ours["BM_Open/1000000000"])
    table.add("opening 10^9 samples", f"{opening:.2f} ms", "<= 10 ms", opening <= 10)
    table.add_memory("views of 10^9 samples", memory_mb)


def reports(table, binaries, folder):
    ours, _ = google_benchmark(binaries / "bench_report", folder)  # makes the captures
    _, memory_mb = google_benchmark(binaries / "bench_report", folder, "100000000/100000", 1)
    results = {size: ours[f"BM_Report/{size}"] for size in
               ("100000000/100000", "100000000/10000", "100000000/1000", "10000000/10000")}
    full, some, few, short = (milliseconds(result) for result in results.values())
    table.add("full report, 10^8 samples, 10^5 events", f"{full:.0f} ms", "<= 1500 ms", full <= 1500)
    table.add("the same, CPU time", f"{results['100000000/100000']['cpu_time']:.0f} ms")
    table.add("10^8 samples, 10^4 and 10^3 events", f"{some:.0f} ms, {few:.0f} ms")
    table.add("10^7 samples, 10^4 events", f"{short:.0f} ms ({full / short:.1f} x less)", "linear: <= 12 x", full / short <= 12)
    table.add_memory("full report", memory_mb)
    out, peer_mb = run(["/usr/bin/python3", HERE / "peer_numpy.py", "1e8", "1e5", folder], folder)
    peer = json.loads(out)
    table.add("numpy, energies of the same events, from a plain file",
              f"{1e3 * peer['from_file_s']:.0f} ms, {peer_mb:.0f} MB resident")
    table.add("full report against numpy", f"{full / 1e3 / peer['from_file_s']:.1f} x the time, "
              f"{100 * memory_mb / peer_mb:.0f} % of the memory")


def event_table(table, binary, folder):
    ours, _ = google_benchmark(binary, folder, rounds=1)
    for what, limit_ms in (("Open", 300), ("Sort", 1000), ("Filter", 300)):
        longest = ours[f"BM_EventTable{what}"]["longest_ms"]
        table.add(f"dashboard: table of 10^6 events: {what.lower()}, the longest", f"{longest:.0f} ms", f"<= {limit_ms} ms",
                  longest <= limit_ms)
    scroll = ours["BM_EventTableScroll"]
    table.add("dashboard: the same: a step of scrolling", f"p50 {scroll['p50_ms']:.1f} ms, p99 {scroll['p99_ms']:.1f} ms",
              "p99 <= 33 ms", scroll["p99_ms"] <= 33)


def lanes(table, binary, folder):
    ours, _ = google_benchmark(binary, folder, rounds=1)
    for where, what in (("0", "evenly"), ("1", "in bursts")):
        steps = next(r for n, r in ours.items() if f"BM_Lanes/{where}" in n)
        table.add(f"dashboard: lanes of 10^8 edges, {what}: a step of zoom, 2560 columns",
                  f"p50 {steps['p50_ms']:.1f} ms, p99 {steps['p99_ms']:.1f} ms of CPU", "p99 <= 20 ms", steps["p99_ms"] <= 20)


def dashboard(table, binaries, folder):
    """Absent where joulemark-gui was not built."""
    binary = binaries / "bench_dashboard"
    if not binary.exists():
        return
    ours, _ = google_benchmark(binary, folder, "FirstPicture|ZoomAndPan|PanOverEvents", 1)
    first = next(r for n, r in ours.items() if "FirstPicture" in n)["first_ms"]
    table.add("dashboard: first picture of 10^9 samples, 2560 x 1440", f"{first:.0f} ms", "<= 300 ms", first <= 300)
    steps = next(r for n, r in ours.items() if "ZoomAndPan" in n)
    table.add("dashboard: a step of zoom or pan, 2560 x 1440", f"p50 {steps['p50_ms']:.1f} ms, p99 {steps['p99_ms']:.1f} ms",
              "p99 <= 33 ms", steps["p99_ms"] <= 33)
    events = next(r for n, r in ours.items() if "PanOverEvents" in n)
    table.add("dashboard: the same with 10^6 events", f"p50 {events['p50_ms']:.1f} ms, p99 {events['p99_ms']:.1f} ms",
              "p99 <= 33 ms", events["p99_ms"] <= 33)
    lanes(table, binaries / "bench_lanes", folder)
    event_table(table, binaries / "bench_event_table", folder)
    ours, memory_mb = google_benchmark(binary, folder, "Live", 1)
    (result,) = ours.values()
    table.add("dashboard: live 1 MS/s, 8 lines, 20 k edges/s: pictures", f"{result['frames_per_s']:.1f} a second", ">= 30",
              result["frames_per_s"] >= 29.5)
    table.add("dashboard: the same: lost samples", f"{result['lost']:.0f} of {result['samples']:.3g}", "0", result["lost"] == 0)
    table.add("dashboard: the same: resident memory", f"{memory_mb - PATTERN_MB:.0f} MB", "<= 250 MB",
              memory_mb - PATTERN_MB <= 250)


PARTS = (store, live, monsoon, probe, twin, views, reports, dashboard)


def machine():
    model = next((line.split(":")[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return f"{os.cpu_count()} cores of {model}, {pages:.0f} GiB, {platform.system()} {platform.release()}"


def measured(table, started, load):
    took_min = (time.monotonic() - started) / 60
    return (f"Measured on {datetime.date.today()}, in one run of {took_min:.0f} minutes, on {machine()}; other work kept "
            f"{load[0]:.1f} (before) to {load[1]:.1f} (after) threads busy.\n\n{table.text()}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("binaries", type=pathlib.Path)
    arguments.add_argument("--write", type=pathlib.Path, help="put the table into this page")
    arguments.add_argument("--only", action="append", choices=[part.__name__ for part in PARTS], help="may be repeated")
    options = arguments.parse_args()
    table, started, load_before = Table(), time.monotonic(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="joulemark-bench-", dir=os.environ.get("JOULEMARK_BENCH_DIR")) as folder:
        for part in PARTS:
            if options.only and part.__name__ not in options.only:
                continue
            part(table, options.binaries, folder)
            print(f"{part.__name__}: done after {time.monotonic() - started:.0f} s", file=sys.stderr)
    text = measured(table, started, (load_before, os.getloadavg()[0]))
    print(text)
    if options.write:
        head, _, _ = options.write.read_text().partition("<!-- measured -->")
        options.write.write_text(f"{head}<!-- measured -->\n{text}\n")
    for what in table.missed:
        print(f"missed: {what}", file=sys.stderr)
    return 1 if table.missed else 0


if __name__ == "__main__":
    sys.exit(main())
