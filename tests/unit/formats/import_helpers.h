// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/formats/importer.h>
#include <analysis/model/memory_capture.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace joulemark::test {

// What an import gave: a capture and its outcome.
struct Imported {
  std::unique_ptr<MemoryCapture> capture = std::make_unique<MemoryCapture>();
  Status status;

  [[nodiscard]] const Channel& channel(std::uint32_t i = 0) const { return capture->info().channels.at(i); }

  // Index to SI-free stored value.
  [[nodiscard]] std::map<std::int64_t, float> samples(std::uint32_t i = 0) const {
    std::map<std::int64_t, float> all;
    EXPECT_TRUE(
        capture->read(ChannelId{i}, {0, std::int64_t{1} << 62}, [&](const SampleBlock& block) -> Status {
          for (std::size_t k = 0; k < block.values.size(); ++k)
            all[block.first_index + static_cast<std::int64_t>(k)] = block.values[k];
          return {};
        }));
    return all;
  }

  [[nodiscard]] std::vector<TimeNs> stamps(std::uint32_t i = 0) const {
    std::vector<TimeNs> all;
    EXPECT_TRUE(
        capture->read(ChannelId{i}, {0, std::int64_t{1} << 62}, [&](const SampleBlock& block) -> Status {
          all.insert(all.end(), block.stamps_ns.begin(), block.stamps_ns.end());
          return {};
        }));
    return all;
  }

  [[nodiscard]] std::vector<Edge> edges() const {
    std::vector<Edge> all;
    EXPECT_TRUE(capture->edges(k_all_time, [&](std::span<const Edge> edges) -> Status {
      all.insert(all.end(), edges.begin(), edges.end());
      return {};
    }));
    return all;
  }

  [[nodiscard]] std::vector<Anomaly> anomalies(AnomalyKind kind) const {
    std::vector<Anomaly> all = *capture->anomalies();
    std::erase_if(all, [&](const Anomaly& anomaly) { return anomaly.kind != kind; });
    return all;
  }

  [[nodiscard]] std::string metadata(const std::string& key) const {
    const auto items = capture->metadata();
    const auto found = std::ranges::find(*items, key, &MetadataItem::key);
    return found == items->end() ? "" : found->value;
  }

  [[nodiscard]] std::string error() const { return status ? "" : status.error().message; }
};

}  // namespace joulemark::test
