# SPDX-License-Identifier: Apache-2.0
"""clang-tidy over our sources, several of a folder joined into one: what they include is then matched once.

    lint_tidy.py BUILD_FOLDER [FOLDER...]     for its compile_commands.json; without folders, all of our code

Joined as one text, not by #include, since the analyzer looks at functions of the main file only. Sources that do not
compile together (two of them give one local name to different things) are parted in halves.
"""
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAYERS = ("analysis", "drivers", "app")
TOGETHER = 12


def options_of(entry):
    """The command of a source without its compiler, its output and its input."""
    words = iter(shlex.split(entry["command"])[1:])
    kept = ["-Wno-unknown-warning-option"]  # the commands are g++'s
    for word in words:
        if word in ("-o", "-c"):
            next(words)
        else:
            kept.append(word)
    return kept


def batches(build, folders):
    """(sources, options): at most TOGETHER of one folder, compiled alike."""
    tracked = subprocess.run(["git", "ls-files", *folders], cwd=ROOT, text=True, capture_output=True, check=True).stdout
    ours = {ROOT / name for name in tracked.split()}
    alike = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        source = pathlib.Path(entry["file"])
        if source.suffix == ".cpp" and source in ours:
            alike.setdefault((source.parent, *options_of(entry)), set()).add(source)
    for (_, *options), sources in sorted(alike.items()):
        ordered = sorted(sources)
        for begin in range(0, len(ordered), TOGETHER):
            yield ordered[begin : begin + TOGETHER], options


class Unit:
    """One file of all their text, and where each line of it comes from."""

    def __init__(self, sources, folder):
        texts = [source.read_text() for source in sources]
        self.origin = [f"{source}:{line}" for source, text in zip(sources, texts) for line in range(1, text.count("\n") + 1)]
        first = "_".join(sources[0].relative_to(ROOT).with_suffix("").parts)
        self.path = folder / f"{first}_and_{len(sources) - 1}.cpp"
        self.path.write_text("".join(texts))

    def in_sources(self, complaint):
        place = re.compile(re.escape(str(self.path)) + r":(\d+)")
        return place.sub(lambda match: self.origin[int(match[1]) - 1], complaint)


def complaints(sources, options, folder):
    """What clang-tidy says of them, as a list of texts."""
    unit = Unit(sources, folder)
    if len(sources) > 1 and subprocess.run(["clang++-14", "-fsyntax-only", *options, unit.path], capture_output=True).returncode:
        middle = len(sources) // 2
        return complaints(sources[:middle], options, folder) + complaints(sources[middle:], options, folder)
    config = subprocess.run(["clang-tidy-14", "--dump-config", sources[0]], text=True, capture_output=True, check=True).stdout
    command = ["clang-tidy-14", "--quiet", f"--config={config}", unit.path, "--", *options]
    done = subprocess.run(command, text=True, capture_output=True)
    return [unit.in_sources(done.stdout + done.stderr)] if done.returncode else []


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    folder = build / "tidy"
    folder.mkdir(exist_ok=True)
    work = list(batches(build, sys.argv[2:] or LAYERS))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(lambda batch: complaints(*batch, folder), work))
    for text in (text for texts in found for text in texts):
        print(text)
    print(f"clang-tidy has read {sum(len(sources) for sources, _ in work)} sources")
    return 1 if any(found) or not work else 0


if __name__ == "__main__":
    sys.exit(main())
