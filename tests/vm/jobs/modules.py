# SPDX-License-Identifier: Apache-2.0
"""Loads and unloads modules of the guest's kernel while it runs, with parameters; the package is in the lab's cache."""
import functools
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from kernel import Modules  # noqa: E402
from lab import CACHE  # noqa: E402

BUSYBOX = "/bin/busybox"


@functools.cache
def available():
    release = subprocess.run(["uname", "-r"], capture_output=True, text=True, check=True).stdout.strip()
    return Modules(CACHE / f"linux-image-{release}")


def loaded():
    return {line.split()[0] for line in pathlib.Path("/proc/modules").read_text().splitlines()}


def load(*names, **parameters):
    """With what they depend on; parameters are for the last one."""
    for path in available().in_load_order(names):
        name = path.name.split(".")[0].replace("-", "_")
        if name in loaded():
            continue
        last = name == names[-1].replace("-", "_")
        values = [f"{key}={value}" for key, value in parameters.items()] if last else []
        run("insmod", path, *values)


def unload(*names):
    for name in names:
        if name.replace("-", "_") in loaded():
            run("rmmod", name.replace("-", "_"))


def run(*command):
    done = subprocess.run([BUSYBOX, *map(str, command)], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr.strip()}")
