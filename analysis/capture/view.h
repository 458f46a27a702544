// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/capture/integrator.h>
#include <analysis/capture/summary_store.h>
#include <analysis/model/sample_source.h>

#include <cstdint>
#include <vector>

namespace joulemark::capture {

// Columns for drawing one channel. From 64 samples a column on they come from summary levels (1 to 4 entries
// a column; the mean weighs all samples alike), below from the samples.
class View {
 public:
  // blocks, values and gain as for Integrator; summaries are under the number summary_channel. All outlive
  // it.
  View(const Channel& channel, const BlockDirectory& blocks, ValueSource& values, double gain,
       SummaryStore& summaries, std::uint32_t summary_channel);

  [[nodiscard]] Result<std::vector<ViewColumn>> columns(TimeRange range, std::size_t count);

 private:
  struct Column {
    TimeRange time;
    Stats stats;
  };
  using Entries = SummaryStore::Entries;

  [[nodiscard]] Result<std::vector<ViewColumn>> from_samples(TimeRange range, std::size_t count);
  [[nodiscard]] Result<std::vector<ViewColumn>> uniform(TimeRange range, std::size_t count, int level);
  [[nodiscard]] Result<std::vector<ViewColumn>> timed(TimeRange range, std::size_t count, int level);
  [[nodiscard]] double samples_in(TimeRange range) const;

  // Visits the entries that hold samples of the index range, in order.
  template <typename Visit>
  [[nodiscard]] Status for_entries(IndexRange indices, int level, const Visit& visit);
  [[nodiscard]] TimeRange entry_time(const SummaryEntry& entry, std::int64_t end_index,
                                     const SummaryEntry* next) const;
  [[nodiscard]] Status add_timed(const SummaryEntry& entry, TimeRange held, bool whole, TimeRange range,
                                 std::vector<Column>& columns);
  [[nodiscard]] ViewColumn finish(const Column& column) const;

  Channel channel_;
  SampleGrid grid_;
  const BlockDirectory* blocks_;
  Integrator integrator_;
  SummaryStore* summaries_;
  std::uint32_t summary_channel_;
  double gain_;
};

}  // namespace joulemark::capture
