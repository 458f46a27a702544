// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/sample_source.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace joulemark {

namespace capture {
class Database;
}

// With those who write the file just now.
inline constexpr std::chrono::milliseconds k_reader_patience{3000};

// Reads a capture file, closed or left behind by a killed recorder, and changes nothing of what is in it:
// only a -wal file that a recorder had to leave, as somebody read meanwhile, is folded in before or after, by
// whom it can be. Every BLOB, count and checksum is checked before it is used: what is damaged is an Error
// that names file and block, never a wrong number.
class CaptureReader final : public SampleSource {
 public:
  using PacketVisitor = std::function<Status(const RawBytes&)>;

  // Without patience it never waits, and leaves a -wal file to others. Errors: unreadable (missing, not a
  // capture, damaged), capability (written by a newer version), busy, io.
  [[nodiscard]] static Result<std::unique_ptr<CaptureReader>> open(
      const std::string& path, std::chrono::milliseconds patience = k_reader_patience);
  // The capture of that CaptureInfo::id, which was open before. Errors: as above; unreadable when another one
  // was put in its place.
  [[nodiscard]] static Result<std::unique_ptr<CaptureReader>> open_again(
      const std::string& path, const std::string& id, std::chrono::milliseconds patience = k_reader_patience);
  // A capture file's bytes; a copy is made.
  [[nodiscard]] static Result<std::unique_ptr<CaptureReader>> from_bytes(std::span<const std::byte> bytes);
  ~CaptureReader() override;
  void set_patience(std::chrono::milliseconds patience);

  // False: the recorder was killed (end_reason() says so) or still runs. anomalies() then ends with one that
  // says what may be missing at the end. Damaged
  // rows of markers, anomalies, clock points and metadata are left out there and named by an Anomaly.
  [[nodiscard]] bool closed() const;
  // True: it is closed and has no -wal file, so nobody waits for it to be let go of.
  [[nodiscard]] bool stands_alone() const;

  [[nodiscard]] const CaptureInfo& info() const override;
  [[nodiscard]] EndReason end_reason() const override;
  [[nodiscard]] Result<Extent> extent(ChannelId channel) override;
  [[nodiscard]] Status read(ChannelId channel, IndexRange range, const BlockVisitor& visit) override;
  [[nodiscard]] Result<Summary> summarize(ChannelId channel, IndexRange range) override;
  // Windows that are not sorted by begin: usage. Power from a voltage channel without samples: inadequate.
  [[nodiscard]] Result<std::vector<Integral>> integrals(ChannelId channel, std::span<const TimeRange> windows,
                                                        Boundary boundary) override;
  [[nodiscard]] Result<std::vector<ViewColumn>> view(ChannelId channel, TimeRange range,
                                                     std::size_t columns) override;
  [[nodiscard]] Status edges(TimeRange range, const EdgeVisitor& visit) override;
  [[nodiscard]] Result<std::vector<Marker>> markers() override;
  [[nodiscard]] Result<std::vector<Anomaly>> anomalies() override;
  [[nodiscard]] Result<std::vector<ClockPoint>> clock_points() override;
  [[nodiscard]] Result<std::vector<MetadataItem>> metadata() override;

  // The instrument's bytes in the order they came, where they were kept.
  [[nodiscard]] Status raw_bytes(const PacketVisitor& visit);
  [[nodiscard]] Result<std::int64_t> edge_count();

 private:
  class File;
  explicit CaptureReader(std::unique_ptr<File> file);
  [[nodiscard]] static Result<std::unique_ptr<CaptureReader>> open(capture::Database db);
  [[nodiscard]] static Result<std::unique_ptr<CaptureReader>> open_as_it_is(
      const std::string& path, std::chrono::milliseconds patience);

  std::unique_ptr<File> file_;
};

}  // namespace joulemark
