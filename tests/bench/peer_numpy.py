# SPDX-License-Identifier: Apache-2.0
"""What a user would have instead as the analysis: numpy over the whole recording in memory.

Energy of every event, its mean, spread and 95 % interval, idle power, total: the core of a report, without its
markers, checks and refusals. Prints JSON: seconds from the file on disk, and from the array in memory.
"""
import json
import pathlib
import sys
import time

import numpy as np

RATE_HZ = 1e6
VOLTAGE_V = 3.0


def make(samples):
    random = np.random.default_rng(20260101)
    levels = np.repeat(random.uniform(120, 8000, samples // 4000 + 1), 4000)[:samples]
    return (np.round(levels + random.normal(0, 2, samples)) * 1e-6).astype(np.float32)


def analyse(current_a, begins, ends):
    power_w = current_a.astype(np.float64) * VOLTAGE_V
    bounds = np.ravel(np.column_stack((begins, ends)))
    sums = np.add.reduceat(power_w, bounds) / RATE_HZ
    energy_j = sums[::2]
    total_j = power_w.sum() / RATE_HZ
    idle_s = (len(power_w) - (ends - begins).sum()) / RATE_HZ
    idle_w = (total_j - energy_j.sum()) / idle_s
    half = 1.96 * energy_j.std(ddof=1) / np.sqrt(len(energy_j))
    return energy_j.mean(), half, idle_w


def main():
    samples, events = int(float(sys.argv[1])), int(float(sys.argv[2]))
    path = pathlib.Path(sys.argv[3]) / "peer.npy"
    np.save(path, make(samples))
    spacing = samples // events
    begins = np.arange(events) * spacing + spacing // 4
    ends = begins + spacing // 2
    in_memory, from_file = [], []
    for _ in range(3):
        start = time.perf_counter()
        current_a = np.load(path)
        loaded = time.perf_counter()
        analyse(current_a, begins, ends)
        done = time.perf_counter()
        in_memory.append(done - loaded)
        from_file.append(done - start)
    path.unlink()
    print(json.dumps({"samples": samples, "events": events, "in_memory_s": sorted(in_memory)[1],
                      "from_file_s": sorted(from_file)[1]}))


if __name__ == "__main__":
    main()
