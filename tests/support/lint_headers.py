# SPDX-License-Identifier: Apache-2.0
"""Every header compiles alone, warnings included."""
import concurrent.futures
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def compile_alone(header):
    name = header.relative_to(ROOT).as_posix()
    command = ["g++", "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", f"-I{ROOT}", "-x", "c++", "-"]
    done = subprocess.run(command, input=f"#include <{name}>\n#include <{name}>\n", text=True, capture_output=True)
    return name, done.returncode, done.stderr


def main():
    headers = sorted(path for layer in ("analysis", "drivers", "app") for path in (ROOT / layer).rglob("*.h"))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(compile_alone, headers))
    bad = [(name, errors) for name, status, errors in results if status != 0]
    for name, errors in bad:
        print(f"{name} does not compile alone:\n{errors}")
    print(f"{len(headers) - len(bad)} of {len(headers)} headers compile alone")
    return 1 if bad or not headers else 0


if __name__ == "__main__":
    sys.exit(main())
