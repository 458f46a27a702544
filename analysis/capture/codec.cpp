// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/codec.h>
#include <analysis/capture/decimals.h>
#include <analysis/capture/schema.h>

#include <blosc.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <optional>
#include <vector>

namespace joulemark::capture {
namespace {

tl::unexpected<Error> malformed(const char* what) {
  return fail(ErrorCode::unreadable, what);
}

// Room that a thread grows once: memory taken and given back for every block costs a page fault for each of
// its pages.
template <typename T>
std::span<T> scratch_of(std::size_t count) {
  thread_local std::vector<T> scratch;
  if (scratch.size() < count) scratch.resize(count);
  return std::span(scratch).first(count);
}

void append_packed(Blob& blob, std::span<const std::byte> bytes, std::size_t element,
                   Compression compression) {
  const std::size_t room = bytes.size() + BLOSC_MAX_OVERHEAD;
  const std::span<std::byte> scratch = scratch_of<std::byte>(room);
  const bool fast = compression == Compression::fast;
  const int length = blosc_compress_ctx(fast ? 1 : 3, BLOSC_BITSHUFFLE, element, bytes.size(), bytes.data(),
                                        scratch.data(), room, fast ? "lz4" : "zstd", 0, 1);
  blob.insert(blob.end(), scratch.begin(), scratch.begin() + std::max(length, 0));
}

// What comes before the codes of decimals: how many bytes a code has, and the exponent. c-blosc begins with
// its format's version, a small number.
constexpr std::byte k_short_codes{0xD2};
constexpr std::byte k_long_codes{0xD4};

void append_samples(Blob& blob, std::span<const float> values, Compression compression) {
  const std::span<std::int32_t> all = scratch_of<std::int32_t>(values.size());
  const std::optional<Decimals> decimals = to_decimals(values, all);
  if (!decimals) return append_packed(blob, std::as_bytes(values), sizeof(float), compression);
  blob.push_back(decimals->short_codes ? k_short_codes : k_long_codes);
  blob.push_back(static_cast<std::byte>(decimals->exponent));
  if (!decimals->short_codes)
    return append_packed(blob, std::as_bytes(all), sizeof(std::int32_t), compression);
  const std::span<std::int16_t> narrow = scratch_of<std::int16_t>(values.size());
  std::transform(all.begin(), all.end(), narrow.begin(),
                 [](std::int32_t code) { return static_cast<std::int16_t>(code); });
  append_packed(blob, std::as_bytes(narrow), sizeof(std::int16_t), compression);
}

template <typename Code>
Status unpack_codes(std::span<const std::byte> blob, int exponent, std::span<float> out) {
  const std::span<Code> all = scratch_of<Code>(out.size());
  JM_TRY(unpack(blob, std::as_writable_bytes(all)));
  from_decimals(std::span<const Code>(all), exponent, out);
  return {};
}

template <typename T>
void append_column(Blob& blob, std::span<const T> column) {
  const std::size_t at = blob.size();
  blob.resize(at + 4);
  if constexpr (std::is_same_v<T, float>) {
    append_samples(blob, column, Compression::fast);
  } else {
    append_packed(blob, std::as_bytes(column), sizeof(T), Compression::fast);
  }
  const std::size_t length = blob.size() - at - 4;
  for (std::size_t i = 0; i < 4; ++i)
    blob[at + i] = static_cast<std::byte>(length >> (8 * i));
}

// A column of what get finds in each entry.
template <typename Entry, typename Get>
void append_column_of(Blob& blob, std::span<const Entry> entries, const Get& get) {
  std::vector<decltype(get(entries[0]))> column(entries.size());
  std::transform(entries.begin(), entries.end(), column.begin(), get);
  append_column(blob, std::span<const decltype(get(entries[0]))>(column));
}

// Differences, in unsigned arithmetic so that no input overflows.
std::vector<std::uint64_t> differences(std::span<const TimeNs> times) {
  std::vector<std::uint64_t> deltas(times.size());
  std::uint64_t last = 0;
  for (std::size_t i = 0; i < times.size(); ++i) {
    deltas[i] = static_cast<std::uint64_t>(times[i]) - last;
    last = static_cast<std::uint64_t>(times[i]);
  }
  return deltas;
}

template <typename Entry, typename Get>
void append_times_of(Blob& blob, std::span<const Entry> entries, const Get& get) {
  std::vector<TimeNs> times(entries.size());
  std::transform(entries.begin(), entries.end(), times.begin(), get);
  append_column(blob, std::span<const std::uint64_t>(differences(times)));
}

// Takes the columns of a BLOB one by one.
class Columns {
 public:
  explicit Columns(std::span<const std::byte> blob) : rest_(blob) {}

  template <typename T>
  [[nodiscard]] Result<std::vector<T>> take(std::size_t count) {
    if (rest_.size() < 4) return malformed("a column is cut off");
    std::uint32_t length = 0;
    for (std::size_t i = 0; i < 4; ++i)
      length |= static_cast<std::uint32_t>(rest_[i]) << (8 * i);
    rest_ = rest_.subspan(4);
    if (length > rest_.size()) return malformed("a column is cut off");
    std::vector<T> column(count);
    if constexpr (std::is_same_v<T, float>) {
      JM_TRY(unpack_samples(rest_.first(length), column));
    } else {
      JM_TRY(unpack(rest_.first(length), std::as_writable_bytes(std::span(column))));
    }
    rest_ = rest_.subspan(length);
    return column;
  }

  // The size in bytes that the next column decodes to; 0 when there is none.
  [[nodiscard]] std::size_t next_size() const {
    if (rest_.size() < 4 + BLOSC_MIN_HEADER_LENGTH) return 0;
    std::size_t decoded = 0;
    std::size_t encoded = 0;
    std::size_t block = 0;
    blosc_cbuffer_sizes(rest_.data() + 4, &decoded, &encoded, &block);
    return decoded;
  }

  [[nodiscard]] bool done() const { return rest_.empty(); }

 private:
  std::span<const std::byte> rest_;
};

void restore(std::span<const std::uint64_t> deltas, std::span<TimeNs> times) {
  std::uint64_t last = 0;
  for (std::size_t i = 0; i < deltas.size(); ++i) {
    last += deltas[i];
    times[i] = static_cast<TimeNs>(last);
  }
}

// A NaN or infinity has an exponent of all ones. No early way out, so that the machine takes many at a time.
bool all_finite(std::span<const float> values) {
  constexpr std::uint32_t k_exponent = 0x7F800000;
  std::uint32_t bad = 0;
  for (const float value : values)
    bad |= static_cast<std::uint32_t>((std::bit_cast<std::uint32_t>(value) & k_exponent) == k_exponent);
  return bad == 0;
}

bool sound(const SummaryEntry& entry) {
  const Summary& s = entry.summary;
  if (entry.first_ns > entry.last_ns || entry.first_ns < -k_latest_ns || entry.last_ns > k_latest_ns)
    return false;
  if (s.count == 0) return true;
  return std::isfinite(s.sum) && std::isfinite(s.m2) && std::isfinite(s.min) && std::isfinite(s.max) &&
         s.min <= s.max;
}

}  // namespace

Blob pack(std::span<const std::byte> bytes, std::size_t element, Compression compression) {
  Blob blob;
  append_packed(blob, bytes, element, compression);
  return blob;
}

Status unpack(std::span<const std::byte> blob, std::span<std::byte> out) {
  std::size_t size = 0;
  if (blob.size() < BLOSC_MIN_HEADER_LENGTH || blosc_cbuffer_validate(blob.data(), blob.size(), &size) != 0) {
    return malformed("compressed data is malformed");
  }
  if (size != out.size()) return malformed("compressed data has the wrong size");
  if (out.empty()) return {};
  const int length = blosc_decompress_ctx(blob.data(), out.data(), out.size(), 1);
  if (length != static_cast<int>(out.size())) return malformed("compressed data does not decode");
  return {};
}

Blob pack_samples(std::span<const float> values, Compression compression) {
  Blob blob;
  append_samples(blob, values, compression);
  return blob;
}

Status unpack_samples(std::span<const std::byte> blob, std::span<float> out) {
  if (blob.size() > 2 && (blob[0] == k_short_codes || blob[0] == k_long_codes)) {
    const int exponent = std::to_integer<int>(blob[1]);
    if (exponent > k_most_decimals) return malformed("samples of an unknown step");
    const std::span<const std::byte> codes = blob.subspan(2);
    return blob[0] == k_short_codes ? unpack_codes<std::int16_t>(codes, exponent, out)
                                    : unpack_codes<std::int32_t>(codes, exponent, out);
  }
  JM_TRY(unpack(blob, std::as_writable_bytes(out)));
  if (!all_finite(out)) return malformed("a value is not a finite number");
  return {};
}

Blob pack_stamps(std::span<const TimeNs> stamps_ns, Compression compression) {
  const std::vector<std::uint64_t> deltas = differences(stamps_ns);
  return pack(std::as_bytes(std::span(deltas)), sizeof(std::uint64_t), compression);
}

Status unpack_stamps(std::span<const std::byte> blob, std::span<TimeNs> out) {
  std::vector<std::uint64_t> deltas(out.size());
  JM_TRY(unpack(blob, std::as_writable_bytes(std::span(deltas))));
  restore(deltas, out);
  const bool rising = std::adjacent_find(out.begin(), out.end(), std::greater_equal<>()) == out.end();
  if (!rising) return malformed("stamps do not rise");
  return {};
}

Blob pack_edges(std::span<const Edge> edges) {
  Blob blob;
  append_times_of(blob, edges, [](const Edge& e) { return e.time_ns; });
  append_column_of(blob, edges, [](const Edge& e) { return e.resolution_ns; });
  append_column_of(blob, edges, [](const Edge& e) { return static_cast<std::uint8_t>(e.line.value); });
  append_column_of(blob, edges, [](const Edge& e) { return static_cast<std::uint8_t>(e.level); });
  return blob;
}

Result<std::vector<Edge>> unpack_edges(std::span<const std::byte> blob, std::size_t count) {
  Columns columns(blob);
  JM_TRY_ASSIGN(const auto deltas, columns.take<std::uint64_t>(count));
  JM_TRY_ASSIGN(const auto resolutions, columns.take<std::uint32_t>(count));
  JM_TRY_ASSIGN(const auto lines, columns.take<std::uint8_t>(count));
  JM_TRY_ASSIGN(const auto levels, columns.take<std::uint8_t>(count));
  if (!columns.done()) return malformed("there is more than the columns");
  std::vector<TimeNs> times(count);
  restore(deltas, times);
  if (!std::is_sorted(times.begin(), times.end())) return malformed("edges out of order");
  std::vector<Edge> edges(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (levels[i] > 1) return malformed("an edge is neither up nor down");
    edges[i] = {times[i], resolutions[i], LineId{lines[i]}, levels[i] == 1};
  }
  return edges;
}

Blob pack_entries(std::span<const SummaryEntry> entries, bool timed) {
  const auto any = [](const SummaryEntry& e) { return e.summary.count > 0; };
  Blob blob;
  append_column_of(blob, entries, [](const auto& e) { return static_cast<std::uint32_t>(e.summary.count); });
  append_column_of(blob, entries, [](const auto& e) { return static_cast<float>(e.summary.mean()); });
  append_column_of(blob, entries, [](const auto& e) { return static_cast<float>(e.summary.deviation()); });
  append_column_of(blob, entries, [&](const auto& e) { return any(e) ? e.summary.min : 0.0F; });
  append_column_of(blob, entries, [&](const auto& e) { return any(e) ? e.summary.max : 0.0F; });
  if (!timed) return blob;
  append_times_of(blob, entries, [](const auto& e) { return e.first_ns; });
  append_times_of(blob, entries, [](const auto& e) { return e.last_ns; });
  return blob;
}

Result<std::vector<SummaryEntry>> unpack_entries(std::span<const std::byte> blob, std::size_t count,
                                                 bool timed) {
  Columns columns(blob);
  JM_TRY_ASSIGN(const auto counts, columns.take<std::uint32_t>(count));
  JM_TRY_ASSIGN(const auto means, columns.take<float>(count));
  JM_TRY_ASSIGN(const auto deviations, columns.take<float>(count));
  JM_TRY_ASSIGN(const auto minima, columns.take<float>(count));
  JM_TRY_ASSIGN(const auto maxima, columns.take<float>(count));
  std::vector<TimeNs> first(count);
  std::vector<TimeNs> last(count);
  if (timed) {
    JM_TRY_ASSIGN(const auto first_deltas, columns.take<std::uint64_t>(count));
    JM_TRY_ASSIGN(const auto last_deltas, columns.take<std::uint64_t>(count));
    restore(first_deltas, first);
    restore(last_deltas, last);
  }
  if (!columns.done()) return malformed("there is more than the columns");
  std::vector<SummaryEntry> entries(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (counts[i] == 0) continue;
    const double n = static_cast<double>(counts[i]);
    const double deviation = static_cast<double>(deviations[i]);
    entries[i].summary = {counts[i], static_cast<double>(means[i]) * n, deviation * deviation * n, minima[i],
                          maxima[i]};
    entries[i].first_ns = first[i];
    entries[i].last_ns = last[i];
    if (!sound(entries[i])) return malformed("a summary is not a finite number");
  }
  return entries;
}

Blob pack_raw(std::span<const Packet> packets, std::span<const std::byte> bytes) {
  Blob blob;
  append_times_of(blob, packets, [](const Packet& p) { return p.time_ns; });
  append_column_of(blob, packets, [](const Packet& p) { return p.length; });
  append_column(blob, bytes);
  return blob;
}

Result<RawRow> unpack_raw(std::span<const std::byte> blob, std::size_t packets) {
  Columns columns(blob);
  JM_TRY_ASSIGN(const auto deltas, columns.take<std::uint64_t>(packets));
  JM_TRY_ASSIGN(const auto lengths, columns.take<std::uint32_t>(packets));
  const std::size_t size = columns.next_size();
  std::uint64_t total = 0;
  for (const std::uint32_t length : lengths)
    total += length;
  if (size > k_longest_text || total != size) return malformed("packets do not add up");
  RawRow row;
  JM_TRY_ASSIGN(row.bytes, columns.take<std::byte>(size));
  if (!columns.done()) return malformed("there is more than the columns");
  std::vector<TimeNs> times(packets);
  restore(deltas, times);
  for (std::size_t i = 0; i < packets; ++i)
    row.packets.push_back({times[i], lengths[i]});
  return row;
}

}  // namespace joulemark::capture
