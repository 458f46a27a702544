# SPDX-License-Identifier: Apache-2.0
"""Runs the benchmarks beside their peers in one go and prints what came out, as ratios and against limits.

    run.py FOLDER_OF_BINARIES [--write docs/performance.md]

Exits 1 when a limit is missed. Timings are medians of several rounds; memory is the peak of each process.
"""
import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import threading

HERE = pathlib.Path(__file__).resolve().parent


def peak_kib(process, peaks):
    """Follows VmHWM until the process ends."""
    while process.poll() is None:
        try:
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            peaks.extend(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
        except OSError:
            pass
        try:
            process.wait(0.02)
        except subprocess.TimeoutExpired:
            pass


def run(command, folder):
    """stdout, and the peak resident memory in MB."""
    environment = dict(os.environ, JOULEMARK_BENCH_DIR=folder, TMPDIR=folder)
    process = subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True, env=environment)
    peaks = [0]
    watcher = threading.Thread(target=peak_kib, args=(process, peaks))
    watcher.start()
    out, _ = process.communicate()
    watcher.join()
    if process.returncode:
        sys.exit(f"{command[0]} failed with {process.returncode}")
    return out, max(peaks) / 1024


def google_benchmark(binary, folder, pattern=".", repetitions=3):
    """name -> median result of each benchmark (the only one where it runs once), and the peak memory."""
    out, memory_mb = run([binary, f"--benchmark_filter={pattern}", f"--benchmark_repetitions={repetitions}",
                          "--benchmark_format=json", "--benchmark_min_time=0.1"], folder)
    results = {}
    for result in json.loads(out)["benchmarks"]:
        if result.get("error_occurred"):
            sys.exit(f"{result['name']}: {result['error_message']}")
        if result.get("aggregate_name", "median") == "median":
            results[result["run_name"].replace("/real_time", "")] = result
    return results, memory_mb


class Table:
    def __init__(self):
        self.rows = []
        self.missed = []

    def add(self, what, value, limit="", good=True):
        self.rows.append((what, value, limit if good else f"{limit} **missed**"))
        if not good:
            self.missed.append(what)

    def text(self):
        lines = ["| what | measured | limit |", "|---|---|---|"]
        return "\n".join(lines + [f"| {what} | {value} | {limit} |" for what, value, limit in self.rows])


def milliseconds(result):
    return result["real_time"] * {"ns": 1e-6, "us": 1e-3, "ms": 1, "s": 1e3}[result["time_unit"]]


def memory(table, what, memory_mb, base_mb=0):
    net = memory_mb - base_mb
    table.add(f"resident memory, {what}", f"{net:.0f} MB", "<= 150 MB", net <= 150)


# The 4 Mi samples that the benchmark itself holds are not the product's memory.
PATTERN_MB = 16


def store(table, binaries, folder):
    ours, memory_mb = google_benchmark(binaries / "bench_store", folder)
    peer, _ = google_benchmark(binaries / "peer_hdf5", folder)
    bulk = ours["BM_BulkWrite/100000000"]
    hdf5 = peer["BM_Hdf5Write/10000000"]
    rate = {name.split("/")[0]: result["samples_per_s"] / 1e6 for name, result in ours.items()}
    table.add("limit: copying the samples in memory", f"{rate['BM_LimitMemcpy']:.0f} MS/s")
    table.add("limit: the codec alone (bit-shuffle + LZ4, one core)", f"{rate['BM_LimitCodec']:.0f} MS/s")
    table.add("limit: plain float32 to the same file system", f"{rate['BM_LimitDisk']:.0f} MS/s")
    table.add("bulk writing, 10^8 samples, summaries and checksums", f"{rate['BM_BulkWrite']:.0f} MS/s", ">= 200 MS/s",
              rate["BM_BulkWrite"] >= 200)
    table.add("bytes a sample, summaries included", f"{bulk['bytes_per_sample']:.2f}", "<= 2.5",
              bulk["bytes_per_sample"] <= 2.5)
    table.add("HDF5 (chunks, shuffle, deflate 1)", f"{hdf5['samples_per_s'] / 1e6:.0f} MS/s, "
              f"{hdf5['bytes_per_sample']:.2f} bytes a sample")
    ratio = bulk["samples_per_s"] / hdf5["samples_per_s"]
    table.add("bulk writing against HDF5", f"{ratio:.1f} x", ">= 5 x", ratio >= 5)
    memory(table, "bulk writing", memory_mb, 2 * PATTERN_MB)


def live(table, binaries, folder):
    ours, memory_mb = google_benchmark(binaries / "bench_live", folder, repetitions=1)
    (result,) = ours.values()
    table.add("live: 2 channels of 2 MS/s and 20 k edges/s", f"{100 * result['cpu_share']:.0f} % of a core", "<= 25 %",
              result["cpu_share"] <= 0.25)
    memory(table, "live recording", memory_mb, PATTERN_MB)


def views(table, binaries, folder):
    ours, _ = google_benchmark(binaries / "bench_view", folder)  # makes the captures
    _, memory_mb = google_benchmark(binaries / "bench_view", folder, "BM_View/", 1)
    small, large = (next(r for n, r in ours.items() if n.startswith(f"BM_View/{size}/"))
                    for size in (10_000_000, 1_000_000_000))
    table.add("view of 2000 columns, 10^9 samples, any zoom, warm", f"p50 {large['p50_ms']:.2f} ms, p99 {large['p99_ms']:.2f} ms",
              "p99 <= 1 ms", large["p99_ms"] <= 1)
    ratio = large["p99_ms"] / small["p99_ms"]
    table.add("the same against 10^7 samples", f"{ratio:.2f} x (p99 {small['p99_ms']:.2f} ms)", "<= 2 x", ratio <= 2)
    cold = ours["BM_ViewCold/1000000000"]
    table.add("opening and the first view of all 10^9 samples", f"{milliseconds(cold):.1f} ms")
    opening = milliseconds(ours["BM_Open/1000000000"])
    table.add("opening 10^9 samples", f"{opening:.2f} ms", "<= 10 ms", opening <= 10)
    memory(table, "views of 10^9 samples", memory_mb)


def reports(table, binaries, folder):
    ours, memory_mb = google_benchmark(binaries / "bench_report", folder)
    _, memory_mb = google_benchmark(binaries / "bench_report", folder, "100000000/100000", 1)
    full, few, short = (milliseconds(ours[f"BM_Report/{size}"])
                        for size in ("100000000/100000", "100000000/10000", "10000000/10000"))
    table.add("full report, 10^8 samples, 10^5 events", f"{full:.0f} ms", "<= 1500 ms", full <= 1500)
    table.add("the same, 10^4 events", f"{few:.0f} ms")
    table.add("full report, 10^7 samples, 10^4 events", f"{short:.0f} ms ({full / short:.1f} x less)", "linear: <= 12 x",
              full / short <= 12)
    memory(table, "full report", memory_mb)
    out, peer_mb = run(["/usr/bin/python3", HERE / "peer_numpy.py", "1e8", "1e5", folder], folder)
    peer = json.loads(out)
    table.add("numpy, energies of the same events, from a plain file",
              f"{1e3 * peer['from_file_s']:.0f} ms, {peer_mb:.0f} MB resident")
    table.add("full report against numpy", f"{full / 1e3 / peer['from_file_s']:.1f} x the time, "
              f"{100 * memory_mb / peer_mb:.0f} % of the memory")


def machine():
    model = next((line.split(":")[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return f"{os.cpu_count()} cores of {model}, {pages:.0f} GiB, {platform.system()} {platform.machine()}"


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("binaries", type=pathlib.Path)
    arguments.add_argument("--write", type=pathlib.Path, help="put the table into this page")
    options = arguments.parse_args()
    table = Table()
    with tempfile.TemporaryDirectory(prefix="joulemark-bench-", dir=os.environ.get("JOULEMARK_BENCH_DIR")) as folder:
        for part in (store, live, views, reports):
            part(table, options.binaries, folder)
            print(f"{part.__name__}: done", file=sys.stderr)
    print(table.text())
    if options.write:
        head, _, _ = options.write.read_text().partition("<!-- measured -->")
        options.write.write_text(f"{head}<!-- measured -->\nMachine: {machine()}.\n\n{table.text()}\n")
    return 1 if table.missed else 0


if __name__ == "__main__":
    sys.exit(main())
