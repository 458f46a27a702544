// SPDX-License-Identifier: Apache-2.0
// How arrays become BLOBs: c-blosc (SIMD bit-shuffle, then LZ4 or zstd), which keeps what does not shrink as
// it is. A BLOB of several columns is, for each, its length (uint32, little endian) and its bytes. Floats are
// packed as codes where they are decimals (decimals.h).
//
// Decoding trusts nothing: a BLOB that does not decode to exactly the expected size is refused (unreadable;
// the caller names the place).
#pragma once

#include <analysis/capture/capture_options.h>
#include <analysis/capture/database.h>
#include <analysis/model/edge.h>
#include <analysis/model/result.h>
#include <analysis/model/summary.h>
#include <analysis/model/time.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace joulemark::capture {

using Blob = std::vector<std::byte>;

// Element size 1, 2, 4 or 8. Never fails: the worst case is 16 bytes longer than the input.
[[nodiscard]] Blob pack(std::span<const std::byte> bytes, std::size_t element, Compression compression);
// Fills out exactly.
[[nodiscard]] Status unpack(std::span<const std::byte> blob, std::span<std::byte> out);

[[nodiscard]] Blob pack_samples(std::span<const float> values, Compression compression);
[[nodiscard]] Status unpack_samples(std::span<const std::byte> blob, std::span<float> out);

// Strictly rising stamps, as differences. first_ns and last_ns must fit what is found.
[[nodiscard]] Blob pack_stamps(std::span<const TimeNs> stamps_ns, Compression compression);
[[nodiscard]] Status unpack_stamps(std::span<const std::byte> blob, std::span<TimeNs> out);

// Never falling times.
[[nodiscard]] Blob pack_edges(std::span<const Edge> edges);
[[nodiscard]] Result<std::vector<Edge>> unpack_edges(std::span<const std::byte> blob, std::size_t count);

// One entry of a summary level, for drawing: mean and standard deviation are stored as floats, so sum and m2
// are good to float precision (integrals come from the sums of blocks, which are doubles). min and max are
// exact, of derived power rounded to float.
struct SummaryEntry {
  Summary summary;
  TimeNs first_ns = 0;  // timed channels: the stamp of its first sample
  TimeNs last_ns = 0;   // ... and of its last one
};
[[nodiscard]] Blob pack_entries(std::span<const SummaryEntry> entries, bool timed);
[[nodiscard]] Result<std::vector<SummaryEntry>> unpack_entries(std::span<const std::byte> blob,
                                                               std::size_t count, bool timed);

// The instrument's own bytes, packet by packet.
struct Packet {
  TimeNs time_ns = 0;
  std::uint32_t length = 0;
};
[[nodiscard]] Blob pack_raw(std::span<const Packet> packets, std::span<const std::byte> bytes);
struct RawRow {
  std::vector<Packet> packets;
  Blob bytes;
};
[[nodiscard]] Result<RawRow> unpack_raw(std::span<const std::byte> blob, std::size_t packets);

}  // namespace joulemark::capture
