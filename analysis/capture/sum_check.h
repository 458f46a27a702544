// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/capture/block_builder.h>
#include <analysis/capture/value_source.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace joulemark::capture {

// Compares the stored sums and summary levels of one channel with those made anew from its samples.
class SumCheck {
 public:
  using Report = std::function<void(std::string what)>;

  [[nodiscard]] static Result<SumCheck> open(Database& db, const BlockDirectory& stored, Report report);

  // Feeds every block and says so after each. Errors: those of reading samples, io.
  [[nodiscard]] Status run(std::uint32_t channel, bool timed, ValueSource& values,
                           const std::function<void()>& block_done);
  [[nodiscard]] std::int64_t summary_rows() const { return summary_rows_; }

 private:
  SumCheck(Statement select, const BlockDirectory& stored, Report report)
      : select_(std::move(select)), stored_(&stored), report_(std::move(report)) {}
  // Faults next to one another are told as one.
  struct Faults {
    std::string what;
    std::int64_t first = 0;
    std::int64_t end = 0;
  };
  void fault(const SummaryRow& made, const char* what);
  void tell(int level, const Faults& faults) const;
  void tell_blocks() const;
  void tell_rest();
  void compare(const BlockRow& made);
  void compare(const SummaryRow& made, bool timed);
  [[nodiscard]] bool same(const SummaryRow& made, bool timed) const;

  Statement select_;
  const BlockDirectory* stored_;
  Report report_;
  std::size_t next_block_ = 0;
  std::int64_t summary_rows_ = 0;
  std::map<int, Faults> faults_;  // by level, of entries; the ones not told yet
  Faults bad_blocks_;             // by their place in the directory
  Status status_;
};

}  // namespace joulemark::capture
