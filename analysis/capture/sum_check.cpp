// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/sum_check.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace joulemark::capture {
namespace {

// Sums may be made in another order: they agree within rounding of their largest terms.
bool near(double a, double b, double size, double relative) {
  return std::abs(a - b) <= relative * std::max(size, std::abs(b));
}

bool same_entry(const SummaryEntry& stored, const SummaryEntry& made) {
  const Summary& a = stored.summary;
  const Summary& b = made.summary;
  if (a.count != b.count) return false;
  if (a.count == 0) return true;
  const double n = static_cast<double>(b.count);
  const double largest = std::max(std::abs(static_cast<double>(b.min)), std::abs(static_cast<double>(b.max)));
  return a.min == b.min && a.max == b.max && near(a.sum, b.sum, n * largest, 1e-6) &&
         near(a.deviation(), b.deviation(), 1e-6 * largest, 1e-5) && stored.first_ns == made.first_ns &&
         stored.last_ns == made.last_ns;
}

}  // namespace

Result<SumCheck> SumCheck::open(Database& db, const BlockDirectory& stored, Report report) {
  JM_TRY_ASSIGN(
      Statement select,
      db.prepare("SELECT * FROM summaries WHERE channel=? AND level=? AND first_entry=?", "summary"));
  return SumCheck(std::move(select), stored, std::move(report));
}

Status SumCheck::run(std::uint32_t channel, bool timed, ValueSource& values,
                     const std::function<void()>& block_done) {
  RowIds ids;
  BlockBuilder<double> builder(
      channel, timed, Compression::fast,
      [&](const Row& row) {
        if (const auto* block = std::get_if<BlockRow>(&row)) compare(*block);
        if (const auto* summary = std::get_if<SummaryRow>(&row)) compare(*summary, timed);
      },
      ids);
  std::vector<double> copy;
  for (std::size_t k = 0; k < stored_->blocks().size(); ++k) {
    JM_TRY_ASSIGN(const BlockValues block, values.get(k));
    copy.assign(block.stored.begin(), block.stored.end());
    if (copy.empty()) copy.assign(block.products.begin(), block.products.end());
    builder.add(stored_->blocks()[k].first_index, copy, block.stamps_ns);
    JM_TRY(status_);
    block_done();
  }
  builder.flush();
  return status_;
}

void SumCheck::compare(const BlockRow& made) {
  const BlockRow& stored = stored_->blocks()[next_block_++];
  const double n = static_cast<double>(made.count);
  const double largest = std::max(std::abs(made.min), std::abs(made.max));
  const double span_ns = static_cast<double>(made.last_ns - made.first_ns);
  const bool same = stored.count == made.count && stored.min == made.min && stored.max == made.max &&
                    near(stored.sum, made.sum, n * largest, 1e-12) &&
                    near(stored.m2, made.m2, n * largest * largest * 1e-9, 1e-9) &&
                    stored.first_ns == made.first_ns && stored.last_ns == made.last_ns &&
                    stored.last == made.last && near(stored.inner, made.inner, largest * span_ns, 1e-12);
  if (!same) report_(fmt::format("the sums of block {} do not fit its samples", stored.id));
}

void SumCheck::compare(const SummaryRow& made, bool timed) {
  ++summary_rows_;
  select_.bind(1, std::int64_t{made.channel});
  select_.bind(2, std::int64_t{made.level});
  select_.bind(3, made.first_entry);
  const Result<bool> found = select_.step();
  if (!found && found.error().code != ErrorCode::unreadable) {
    status_ = tl::make_unexpected(found.error());
  } else if (!found || !*found) {
    report_(
        fmt::format("level {}: the summaries from entry {} on are missing", made.level, made.first_entry));
  } else if (!select_.intact()) {
    report_(
        fmt::format("level {}: the summaries from entry {} on are damaged", made.level, made.first_entry));
  } else if (!same(made, timed)) {
    report_(fmt::format("level {}: the summaries from entry {} on do not fit the samples", made.level,
                        made.first_entry));
  }
  select_.reset();
}

bool SumCheck::same(const SummaryRow& made, bool timed) const {
  if (select_.integer(4) != made.entries) return false;
  const auto count = static_cast<std::size_t>(made.entries);
  const auto stored = unpack_entries(select_.blob(5), count, timed);
  const auto expected = unpack_entries(made.data, count, timed);
  return stored && expected && std::equal(stored->begin(), stored->end(), expected->begin(), same_entry);
}

}  // namespace joulemark::capture
