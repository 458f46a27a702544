// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/capture/capture_file.h>
#include <analysis/capture/row_scan.h>
#include <analysis/capture/verify.h>

#include <string>
#include <utility>
#include <vector>

namespace joulemark::capture {

// A file that may be damaged, as it is at this moment: what a recorder writes meanwhile is not seen. Errors:
// unreadable, io, busy.
[[nodiscard]] Result<Database> open_to_inspect(const std::string& path);

// Reads a capture file that may be damaged: goes on where a reader would stop, and remembers what is good.
class Inspector {
 public:
  // Errors: unreadable when the schema or the capture's head is lost.
  [[nodiscard]] static Result<Inspector> open(Database& db, Progress progress = {});

  // Errors: only of the system beneath (io, busy); damage goes into the report.
  [[nodiscard]] Status inspect();
  [[nodiscard]] const VerifyReport& report() const { return report_; }
  [[nodiscard]] VerifyReport& report() { return report_; }

  // After inspect(): the blocks of stored channels whose samples are good, in the order they were written.
  [[nodiscard]] const std::vector<BlockRow>& good_blocks() const { return good_blocks_; }

  // How many rows of a table were written, where the ending tells.
  [[nodiscard]] std::optional<std::int64_t> expected(std::int64_t Totals::*count) const;

 private:
  Inspector(Database& db, Progress progress) : db_(&db), progress_(std::move(progress)) {}
  void damaged(Damage damage);
  void damaged(std::string what) { damaged(Damage{std::move(what), {}, {}, {}}); }
  [[nodiscard]] Result<RowCounts> check_rows(const std::string& table, std::int64_t Totals::*count,
                                             const RowVisitor& visit);
  [[nodiscard]] Status check_items(const std::string& table, std::int64_t Totals::*count,
                                   const RowVisitor& visit);
  void block_done();  // every block is read once for its samples and once for its sums
  // Lost blocks of a channel that follow one another are one place of damage.
  struct LostRun {
    IndexRange indices;
    TimeRange time;
    std::string why;
    std::int64_t blocks = 0;
  };
  void lose(const BlockRow& block, const std::string& why);
  void tell(std::uint32_t channel, const LostRun& run);
  [[nodiscard]] Status read_head();
  [[nodiscard]] Status check_structure();
  [[nodiscard]] Status read_directory();
  [[nodiscard]] Status check_samples();
  [[nodiscard]] Status check_sums();
  [[nodiscard]] Status check_power();
  [[nodiscard]] Status check_edges();
  [[nodiscard]] Status check_items();
  [[nodiscard]] Result<BlockDirectory> good_directory(ChannelId channel) const;
  [[nodiscard]] Status check_summary_count(std::int64_t made);

  Database* db_;
  Progress progress_;
  std::size_t blocks_done_ = 0;
  std::optional<Ending> ending_;
  VerifyReport report_;
  std::vector<BlockRow> rows_;        // intact directory rows of stored channels
  std::vector<BlockRow> power_rows_;  // ... of power, by index
  std::vector<BlockRow> good_blocks_;
  std::vector<LostRun> lost_runs_;  // of each channel, the one not told yet
  std::int64_t expected_summaries_ = 0;
};

}  // namespace joulemark::capture
