// SPDX-License-Identifier: Apache-2.0
// What a capture file looks like inside. Tables, columns and units: schema.cpp.
#pragma once

#include <analysis/capture/database.h>
#include <analysis/model/ids.h>
#include <analysis/model/time.h>

#include <cstdint>
#include <span>

namespace joulemark::capture {

inline constexpr std::int32_t k_application_id = 0x4A4D4B31;  // "JMK1"

// Samples of one block: its indices lie in one stretch [n x k_block_samples, (n + 1) x k_block_samples).
inline constexpr std::int64_t k_block_samples = 16384;

// Entry e of level l covers the indices [e x s, (e + 1) x s) with s = entry_samples(l): 64 samples, then x 4,
// so that a view never reads more than 64 samples or 4 entries a column. Eleven levels: the highest
// holds 6.7e7 samples an entry, so a month at 2 MS/s is 80 000 entries of it.
inline constexpr int k_levels = 11;
[[nodiscard]] constexpr std::int64_t entry_samples(int level) {
  return std::int64_t{64} << (2 * level);
}
// Row r of a level holds the entries [r x k_row_entries, (r + 1) x k_row_entries).
inline constexpr std::int64_t k_row_entries = 1024;

// No sample lies outside: times as int64 ns cannot overflow in any calculation. 73 years.
inline constexpr TimeNs k_latest_ns = TimeNs{1} << 61;

inline constexpr std::size_t k_most_channels = 256;
inline constexpr std::size_t k_edges_per_row = 4096;
inline constexpr std::size_t k_raw_bytes_per_row = 65536;
inline constexpr std::size_t k_longest_text = 8 << 20;  // of a metadata value or message

// A step raises user_version by one: steps[n] makes n + 1 of n.
using Migration = const char*;
[[nodiscard]] std::span<const Migration> migrations();

// Runs the missing steps, each whole or not at all; within a transaction when one is open. Errors: capability
// for a file newer than the steps.
[[nodiscard]] Status migrate(Database& db, std::span<const Migration> steps);

// The file is a capture, of the version we read, and its tables are exactly ours (a view, trigger or odd
// column in their place is refused). Errors: unreadable; capability for a newer version.
[[nodiscard]] Status check_schema(Database& db);

}  // namespace joulemark::capture
