#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a command inside a virtual machine that has a real kernel with a real USB stack, and the host's own files.

The host's root is there read-only under an overlay, so the binaries just built run as they are; nothing the command
writes reaches the host, except what it puts in $LAB_RESULTS. /tmp is a tmpfs: captures go there.
"""
import argparse
import contextlib
import fcntl
import os
import pathlib
import platform
import shlex
import shutil
import subprocess
import sys
import time

import kernel
from kernel import LabError

ROOT = pathlib.Path(__file__).resolve().parents[2]
CACHE = ROOT / "build/vm"
BOOT_MODULES = ["virtio_pci", "9pnet_virtio", "9p", "overlay"]
DEVICE_MODULES = ["vhci_hcd"]
TIMED_OUT, NEVER_FINISHED, CANNOT_RUN = 124, 125, 77


def main():
    arguments = parse_arguments()
    reason = why_not_here()
    if reason:
        print(f"lab: SKIPPED: {reason}", file=sys.stderr)
        return CANNOT_RUN
    try:
        return run_in_guest(arguments)
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return NEVER_FINISHED


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--timeout", type=float, default=300, help="seconds until the guest is killed (%(default)s)")
    parser.add_argument("--memory", type=int, default=1024, help="MiB of guest memory (%(default)s)")
    parser.add_argument("--results", type=pathlib.Path, default=CACHE / "results", help="folder shared with the guest, "
                        "where it is $LAB_RESULTS; emptied first; guest.log in it is the kernel's log (%(default)s)")
    parser.add_argument("command", nargs="+", help="what to run, in the folder of the project")
    return parser.parse_args()


def why_not_here():
    """The only grounds for skipping: this machine cannot run the guest at all."""
    if platform.machine() != "x86_64":
        return f"the guest runs this machine's own programs, and it is {platform.machine()}, not x86_64"
    if not shutil.which("qemu-system-x86_64"):
        return "qemu-system-x86_64 is not installed (Debian: qemu-system-x86)"
    return None


def run_in_guest(arguments):
    results = arguments.results.resolve()
    with locked(results):
        return run_alone(results, arguments)


@contextlib.contextmanager
def locked(results):
    """Two labs with one folder would read each other's verdict."""
    results.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{results}.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise LabError(f"another lab is using {results}: wait for it, or choose other --results") from None
        yield


def run_alone(results, arguments):
    shutil.rmtree(results, ignore_errors=True)
    results.mkdir()
    folder = kernel.fetch_kernel(CACHE)
    kernel.build_initramfs(results / "initramfs", folder, ROOT / "tests/vm/init.sh", BOOT_MODULES + DEVICE_MODULES)
    write_job(results / "job.sh", arguments.command)
    (results / "project").write_text(str(ROOT))
    started = time.monotonic()
    finished = boot(folder, results, arguments)
    print(f"lab: the guest ran {time.monotonic() - started:.1f} s", file=sys.stderr)
    return outcome(results, finished, arguments.timeout)


def write_job(path, command):
    passed_on = {name: value for name, value in os.environ.items() if name.startswith("JOULEMARK_")}
    environment = {"HOME": "/tmp", "LANG": "C.UTF-8", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
                   "PYTHONDONTWRITEBYTECODE": "1", **passed_on, "LAB_RESULTS": "/run/results"}
    lines = [f"export {name}={shlex.quote(value)}" for name, value in environment.items()]
    path.write_text("\n".join([*lines, f"cd {shlex.quote(str(ROOT))}", shlex.join(command), ""]))


def boot(folder, results, arguments):
    """True when the guest ended by itself. The guest never outlives this process, however that ends."""
    command = ["setpriv", "--pdeathsig", "KILL", *qemu_command(folder, results, arguments.memory)]
    guest = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    try:
        guest.wait(arguments.timeout)
        return True
    except subprocess.TimeoutExpired:
        return False
    finally:
        guest.kill()
        guest.wait()


def qemu_command(folder, results, memory):
    """No KVM: nested, it is often there and hangs. The first serial port is the kernel's, the second the job's. On a busy
    machine the kernel does not see its timer tick while it waits for that, hence no_timer_check. Nor
    does this kernel need guarding from what runs on it."""
    def share(tag, path, *more):
        return ["-virtfs", ",".join(["local", f"mount_tag={tag}", f"path={path}", "security_model=none", *more])]
    return ["qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", str(memory),
            "-display", "none", "-monitor", "none", "-nic", "none", "-no-reboot",
            "-serial", f"file:{results / 'guest.log'}", "-serial", "stdio",
            "-kernel", str(kernel.bootable(folder)), "-initrd", str(results / "initramfs"),
            "-append", "console=ttyS0 panic=-1 oops=panic quiet loglevel=6 no_timer_check mitigations=off norandmaps",
            *share("hostroot", "/", "readonly=on", "multidevs=remap"), *share("results", results)]


def outcome(results, finished, timeout):
    """The command's exit status, or one of our own with the end of the guest's log on stderr."""
    (results / "initramfs").unlink(missing_ok=True)
    status = results / "status"
    if finished and status.exists():
        return int(status.read_text())
    log = (results / "guest.log").read_text(errors="replace") if (results / "guest.log").exists() else ""
    print("\n".join(["lab: the end of the guest's log:", *log.splitlines()[-60:]]), file=sys.stderr)
    what = "ended before the command did" if finished else f"was killed after {timeout:g} s"
    print(f"lab: the guest {what}", file=sys.stderr)
    return NEVER_FINISHED if finished else TIMED_OUT


if __name__ == "__main__":
    sys.exit(main())
