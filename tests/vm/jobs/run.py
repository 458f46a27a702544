#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Inside the guest: runs the tests beside this file, those that need the machine for themselves first, then the rest at
once, but for those that take turns (.turn) with what there is one of.

run.py all | smoke | NAME...    NAME is a part of a test's id
"""
import contextlib
import io
import itertools
import multiprocessing
import multiprocessing.connection
import pathlib
import sys
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
AT_ONCE = 3  # a recording and its unit take about one of the guest's two processors


def main():
    chosen = [test for test in all_tests(unittest.defaultTestLoader.discover(HERE)) if wanted(test, sys.argv[1:])]
    if not chosen:
        print(f"run.py: no test matches {' '.join(sys.argv[1:])}", file=sys.stderr)
        return 2
    alone = [test.id() for test in chosen if getattr(test, "alone", False)]
    together = in_turns(test for test in chosen if not getattr(test, "alone", False))
    started = time.monotonic()
    good = [report(result) for result in itertools.chain(run_lanes([[test] for test in alone], at_once=1),
                                                         run_lanes(together, AT_ONCE))]
    print(f"{sum(good)} of {len(good)} tests passed in {time.monotonic() - started:.0f} s", flush=True)
    return 0 if all(good) else 1


def all_tests(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from all_tests(test)
        else:
            yield test


def wanted(test, names):
    if names in ([], ["all"]):
        return getattr(test, "full", True)
    if names == ["smoke"]:
        return getattr(test, "smoke", False)
    return any(name in test.id() for name in names)


def in_turns(tests):
    """Lists of tests that may run at once; within one, they take turns. The longest one comes first."""
    lanes = {}
    for test in sorted(tests, key=lambda test: not getattr(test, "longest", False)):
        lanes.setdefault(getattr(test, "turn", test.id()), []).append(test.id())
    return sorted(lanes.values(), key=len, reverse=True)


def run_lanes(lanes, at_once):
    """Each lane in a process of its own, forked by this one, which has no threads: a fork among threads may hang."""
    running = {}
    waiting = iter(lanes)
    while True:
        for lane in itertools.islice(waiting, at_once - len(running)):
            ours, theirs = multiprocessing.Pipe(duplex=False)
            running[ours] = multiprocessing.Process(target=run_in_turn, args=(lane, theirs))
            running[ours].start()
            theirs.close()
        if not running:
            return
        for ours in multiprocessing.connection.wait(list(running)):
            yield from ours.recv()
            running.pop(ours).join()


def run_in_turn(names, results):
    results.send([run_one(name) for name in names])


def run_one(name):
    output = io.StringIO()
    started = time.monotonic()
    with contextlib.redirect_stdout(output):
        suite = unittest.defaultTestLoader.loadTestsFromName(name)
        result = unittest.TextTestRunner(stream=io.StringIO()).run(suite)
    for _, trace in result.errors + result.failures:
        output.write("".join(line for line in trace.splitlines(True) if line.strip(" ^~\n")))
    for _, reason in result.skipped:
        output.write(f"skipped: {reason}\n")
    return name, result.wasSuccessful(), time.monotonic() - started, output.getvalue()


def report(result):
    name, good, seconds, output = result
    print(f"{'ok    ' if good else 'FAILED'} {seconds:6.1f} s  {name}", flush=True)
    for line in output.splitlines():
        print(f"                 {line}", flush=True)
    return good


if __name__ == "__main__":
    sys.exit(main())
