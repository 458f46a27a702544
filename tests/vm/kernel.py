# SPDX-License-Identifier: Apache-2.0
"""Fetches Debian's kernel package into a cache folder, without installing it, and packs an initramfs from it."""
import json
import lzma
import pathlib
import re
import shutil
import subprocess

BUSYBOX = pathlib.Path("/bin/busybox")
XZ_MAGIC = b"\xfd7zXZ\0"


class LabError(Exception):
    """The lab cannot be set up; the message says what to do."""


def fetch_kernel(cache):
    """The folder of the unpacked kernel package: from the cache, else from Debian's archive."""
    apt = []
    package = newest_kernel_package(apt)
    if package is None:
        unpacked = sorted(cache.glob("linux-image-*/boot"))
        if unpacked:
            return unpacked[-1].parent
        apt = private_apt_lists(cache)
        package = newest_kernel_package(apt)
    if package is None:
        raise LabError("apt knows no linux-image-amd64: run apt-get update with Debian's main archive enabled")
    folder = cache / package
    if not folder.is_dir():
        download(package, folder, cache, apt)
    return folder


def newest_kernel_package(apt):
    depends = run(["apt-cache", *apt, "depends", "linux-image-amd64"])
    found = re.search(r"Depends: (linux-image-\S+)", depends.stdout)
    return found.group(1) if found else None


def private_apt_lists(cache):
    """apt options for package lists of our own, downloaded now: needs no root and touches nothing of the system."""
    lists = cache / "apt/lists"
    (lists / "partial").mkdir(parents=True, exist_ok=True)
    options = ["-o", f"Dir::State::Lists={lists}", "-o", f"Dir::Cache={cache / 'apt'}"]
    updated = run(["apt-get", *options, "update", "-qq"])
    if updated.returncode != 0:
        raise LabError(f"apt-get update failed: {updated.stderr.strip()}")
    return options


def download(package, folder, cache, apt):
    """Unpacks beside the final place and renames, so an interrupted run leaves nothing that looks complete."""
    partial = cache / "partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    fetched = run(["apt-get", *apt, "download", "-qq", package], cwd=partial)
    archives = list(partial.glob("*.deb"))
    if not archives and not apt:  # lists older than the archive name files that are gone
        return download(package, folder, cache, private_apt_lists(cache))
    if not archives:
        raise LabError(f"apt-get download {package} failed: {fetched.stderr.strip()}")
    subprocess.run(["dpkg", "-x", archives[0], partial / "root"], check=True)
    (partial / "root").rename(folder)
    shutil.rmtree(partial)


def bootable(folder):
    """The kernel's image, without its compression where that is xz: emulated, decompressing takes five seconds."""
    packed = next(folder.glob("boot/vmlinuz-*"))
    plain = packed.with_name("vmlinux")
    start = packed.read_bytes().find(XZ_MAGIC)
    if start < 0:
        return packed
    if not plain.exists():
        partial = plain.with_suffix(".partial")
        partial.write_bytes(lzma.LZMADecompressor().decompress(packed.read_bytes()[start:]))
        partial.rename(plain)
    return plain


def run(command, **options):
    return subprocess.run(command, capture_output=True, text=True, **options)


class Modules:
    """The modules of an unpacked kernel package, by name, with - and _ alike. Where they are is kept in a file: over 9p,
    looking through thousands of them takes most of a minute."""

    def __init__(self, folder):
        index = folder / "index.json"
        if not index.exists():
            partial = index.with_suffix(".partial")
            partial.write_text(json.dumps(self._look_through(folder)))
            partial.rename(index)
        found = json.loads(index.read_text())
        self._paths = {name: folder / path for name, path in found["paths"].items()}
        self._builtin = set(found["builtin"])

    def _look_through(self, folder):
        return {"paths": {self._name(path): str(path.relative_to(folder))
                          for path in folder.glob("lib/modules/*/kernel/**/*.ko*")},
                "builtin": [self._name(pathlib.Path(line)) for file in folder.glob("lib/modules/*/modules.builtin")
                            for line in file.read_text().splitlines()]}

    def in_load_order(self, names):
        """These modules and all they depend on, each after what it needs; what the kernel has built in is left out."""
        order = {}
        for name in names:
            self._visit(name.replace("-", "_"), order)
        return list(order.values())

    def _visit(self, name, order):
        if name in order or name in self._builtin:
            return
        if name not in self._paths:
            raise LabError(f"this kernel package has no module {name}")
        for dependency in self._dependencies(self._paths[name]):
            self._visit(dependency, order)
        order[name] = self._paths[name]

    @staticmethod
    def _name(path):
        return path.name.split(".")[0].replace("-", "_")

    @staticmethod
    def _dependencies(path):
        """From the module itself: modules.dep is made by depmod at installation and is not in the package."""
        found = re.search(rb"\0depends=([^\0]*)\0", module_bytes(path))
        return [name.replace("-", "_") for name in found.group(1).decode().split(",") if name] if found else []


def module_bytes(path):
    return lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()


def build_initramfs(target, kernel, init, modules):
    """busybox, the init script and the modules, numbered in load order."""
    if not BUSYBOX.exists():
        raise LabError("busybox is missing: apt-get install busybox-static")
    entries = [(folder, 0o040755, b"") for folder in ("bin", "dev", "proc", "sys", "modules", "lower", "over", "root")]
    entries += [("bin/busybox", 0o100755, BUSYBOX.read_bytes()), ("init", 0o100755, init.read_bytes())]
    for number, path in enumerate(Modules(kernel).in_load_order(modules)):
        entries.append((f"modules/{number:03}-{path.name.split('.')[0]}.ko", 0o100644, module_bytes(path)))
    with open(target, "wb") as archive:
        for inode, entry in enumerate([*entries, ("TRAILER!!!", 0, b"")], start=1):
            archive.write(cpio_entry(inode, *entry))


def cpio_entry(inode, name, mode, content):
    """One member in cpio's "newc" form: 13 fields of 8 hexadecimal digits, name and content padded to 4 bytes."""
    path = name.encode() + b"\0"
    fields = [inode, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(path), 0]
    head = b"070701" + b"".join(b"%08x" % field for field in fields) + path
    return head + bytes(-len(head) % 4) + content + bytes(-len(content) % 4)
