// SPDX-License-Identifier: Apache-2.0
// stdout is the result, stderr is talk.
#pragma once

#include <analysis/model/result.h>

#include <span>
#include <string>
#include <string_view>

namespace joulemark::cli {

// Writes a result file, or stdout for "-". A regular file appears whole or not at all (temporary name, then
// rename), unless its folder or a long name allows no temporary one, and keeps the mode of the one before; a
// link is followed, also to a file that is to be made; a device or pipe is written to. Errors: usage for a
// folder, io, naming the file as given.
[[nodiscard]] Status write_output(const std::string& path, std::string_view text);

// No output may be an input or another output (links and spellings seen through; "-" twice is the same too;
// "" is none). Errors: usage, naming the two, before anything is written.
[[nodiscard]] Status check_outputs(std::span<const std::string> inputs, std::span<const std::string> outputs);

// No output may be what SQLite keeps beside a capture that is written too. Errors: usage.
[[nodiscard]] Status check_beside(const std::string& capture, const std::string& output);

void print(std::string_view text);    // stdout
[[nodiscard]] Status flush_output();  // what print() wrote has arrived. Errors: io
void talk(std::string_view text);     // stderr, one line, without control characters

// On stderr, a terminal: a line that the next one, or talk(), takes the place of; "" for none. From any
// thread, like talk().
void show_in_place(std::string line);  // ASCII; cut at 79 columns

}  // namespace joulemark::cli
