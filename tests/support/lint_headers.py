# SPDX-License-Identifier: Apache-2.0
"""Every header compiles alone, warnings included, with what its folder's target may include.

    lint_headers.py BUILD_FOLDER     for its compile_commands.json
"""
import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def include_paths(build):
    """folder -> the -I and -isystem options of its sources."""
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        source = pathlib.Path(entry["file"])
        if not source.is_relative_to(ROOT) or source.is_relative_to(build):
            continue
        words = shlex.split(entry["command"])
        options = [word for word in words if word.startswith("-I")]
        for word, path in zip(words, words[1:]):
            if word == "-isystem":
                options += [word, path]
        found.setdefault(source.parent, options)
    return found


def compile_alone(header, options):
    name = header.relative_to(ROOT).as_posix()
    command = ["g++", "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", f"-I{ROOT}", *options, "-x", "c++", "-"]
    done = subprocess.run(command, input=f"#include <{name}>\n#include <{name}>\n", text=True, capture_output=True)
    return name, done.returncode, done.stderr


def main():
    paths = include_paths(pathlib.Path(sys.argv[1]).resolve())
    headers = sorted(path for layer in ("analysis", "drivers", "app") for path in (ROOT / layer).rglob("*.h"))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda header: compile_alone(header, paths.get(header.parent, [])), headers))
    bad = [(name, errors) for name, status, errors in results if status != 0]
    for name, errors in bad:
        print(f"{name} does not compile alone:\n{errors}")
    print(f"{len(headers) - len(bad)} of {len(headers)} headers compile alone")
    return 1 if bad or not headers else 0


if __name__ == "__main__":
    sys.exit(main())
