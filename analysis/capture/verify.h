// SPDX-License-Identifier: Apache-2.0
// Is a capture file what was recorded? And what is still good when it is not?
#pragma once

#include <analysis/model/capture_info.h>
#include <analysis/model/progress.h>
#include <analysis/model/result.h>
#include <analysis/model/time.h>

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace joulemark {

struct Damage {
  std::string what;                  // one sentence
  std::optional<ChannelId> channel;  // of damaged samples
  IndexRange indices;                // ... and which; empty when that cannot be told
  TimeRange time;
};

struct ChannelCheck {
  std::int64_t good_samples = 0;
  std::int64_t lost_samples = 0;  // written once, and now damaged or gone
};

struct VerifyReport {
  CaptureInfo info;
  bool closed = false;  // false: the recorder was killed or still runs, which is no damage
  EndReason end_reason = EndReason::killed;
  std::vector<ChannelCheck> channels;
  std::int64_t unplaced_lost_samples = 0;  // of which not even the channel is known
  std::int64_t good_edges = 0;
  std::int64_t lost_edges = 0;
  // Markers, anomalies, clock points, metadata, rows of raw bytes; of a recording without an ending, also
  // directory entries and rows of edges, whose content is unknown.
  std::int64_t lost_items = 0;
  std::vector<Damage> damage;     // the first 1000
  std::int64_t damage_count = 0;  // all
  // The -wal of a killed recorder is not there: what it recorded since its last checkpoint is missing unless
  // another program has folded it in.
  bool log_missing = false;
  bool power_complete = true;  // false: the power sums of a recording that was killed or failed end early

  [[nodiscard]] bool intact() const { return damage_count == 0; }
  [[nodiscard]] std::int64_t lost_samples() const;
  // What is damaged can be made anew from what is good.
  [[nodiscard]] bool lossless() const {
    return lost_samples() == 0 && lost_edges == 0 && lost_items == 0 && !log_missing;
  }
};

// Reads everything: database structure, checksums, every sample, sums and summary levels against the samples,
// order of indices, stamps and edges. Errors: unreadable where not even its head can be read; capability,
// busy, io.
[[nodiscard]] Result<VerifyReport> verify_capture(const std::string& path, const Progress& progress = {});

struct RepairReport {
  VerifyReport found;                // before
  std::vector<std::string> actions;  // in words; empty: nothing needed doing
  std::string original;              // where the damaged file is now; "" when it was mended in place
};

// Folds the -wal file of a killed recorder and marks its capture closed as killed. With damage, writes what
// is good to a new file (summaries made anew, an Anomaly for each loss), which takes the name, and keeps the
// damaged one as PATH.damaged. Invents nothing. Errors: as verify_capture; busy while a recorder still runs.
// progress tells of the search for damage, not of the writing. A stop during that search, or while a new file
// is written, is an Error (io) and leaves everything as it was.
[[nodiscard]] Result<RepairReport> repair_capture(const std::string& path, const Progress& progress = {},
                                                  const std::stop_token& stop = {});

}  // namespace joulemark
