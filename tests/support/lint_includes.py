# SPDX-License-Identifier: Apache-2.0
"""A folder is a target, and its CMake links are its whole right to know.

Every #include <folder/file.h> of our own must lead to the same folder or to one that the folder's target links
(directly, or through PUBLIC links); no layer reaches up; and each heavy library is included only where it lives.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAYERS = ("analysis", "drivers", "app")

# Library header -> the only folders that may include it.
HOMES = {
    r"sqlite3\.h": ("analysis/capture",),
    r"blosc\.h|xxhash\.h": ("analysis/capture",),
    r"openssl/.*": ("analysis/capture",),
    r"nlohmann/.*": ("analysis/formats", "analysis/report", "analysis/benchmark", "drivers/emulator", "drivers/sim",
                      "app/cli"),
    r"libusb.*": ("drivers/transport/usb",),
    r"gpiod\.h": ("drivers/transport/gpio",),
    r"gelf\.h|libelf.*": ("analysis/elf",),
    r"boost/asio.*": ("drivers/transport/serial", "drivers/transport/usbip"),
    r"Q[A-Z].*": ("app/dashboard", "app/models"),
}


def links():
    """folder -> (direct links, PUBLIC links), both as sets of folders."""
    found = {}
    for listing in ROOT.glob("*/**/CMakeLists.txt"):
        folder = listing.parent.relative_to(ROOT).as_posix()
        text = listing.read_text()
        direct, public = set(), set()
        for visibility, items in re.findall(r"\b(PUBLIC|PRIVATE|INTERFACE)\b([^)]*?)(?=\bPUBLIC\b|\bPRIVATE\b|\))", text):
            for target in re.findall(r"\bjm_(\w+)", items):
                name = folder_of(target)
                if name is None:
                    continue
                direct.add(name)
                if visibility != "PRIVATE":
                    public.add(name)
        found[folder] = (direct, public)
    return found


def folder_of(target):
    """jm_drivers_transport_usb is drivers/transport/usb: every underscore may be a slash."""
    layer, _, rest = target.partition("_")
    if layer not in LAYERS:
        return None
    candidates = (f"{layer}/{rest}", f"{layer}/{rest.replace('_', '/', 1)}")
    return next((name for name in candidates if (ROOT / name).is_dir()), None)


def reachable(folder, table):
    seen, queue = set(), list(table.get(folder, (set(), set()))[0])
    while queue:
        name = queue.pop()
        if name not in seen:
            seen.add(name)
            queue += table.get(name, (set(), set()))[1]
    return seen


def reaches_up(folder, target):
    if folder.startswith("analysis/"):
        return not target.startswith("analysis/")
    if folder.startswith("drivers/"):
        return target.startswith("app/") or (target.startswith("analysis/") and target != "analysis/model")
    return False


def complaints(path, table):
    folder = path.parent.relative_to(ROOT).as_posix()
    allowed = reachable(folder, table) | {folder}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = re.match(r'\s*#include\s+[<"]([^>"]+)[>"]', line)
        if not match:
            continue
        included = match.group(1)
        target = included.rpartition("/")[0]
        where = f"{path.relative_to(ROOT)}:{number}: "
        if target.split("/")[0] in LAYERS:
            if reaches_up(folder, target):
                yield where + f"{folder} must not know {target}"
            elif target not in allowed:
                yield where + f"{target} is not among the links of {folder}"
        for header, homes in HOMES.items():
            if re.fullmatch(header, included) and not folder.startswith(homes):
                yield where + f"{included} belongs to {', '.join(homes)} alone"


def main():
    table = links()
    sources = [path for layer in LAYERS for path in (ROOT / layer).rglob("*") if path.suffix in (".h", ".cpp")]
    found = [complaint for path in sorted(sources) for complaint in complaints(path, table)]
    print("\n".join(found) or f"{len(sources)} files look where they may")
    return 1 if found or not sources else 0


if __name__ == "__main__":
    sys.exit(main())
