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
  tell_rest();
  return status_;
}

void SumCheck::fault(const SummaryRow& made, const char* what) {
  Faults& faults = faults_[made.level];
  if (faults.what != what || faults.end != made.first_entry) {
    tell(made.level, faults);
    faults = {what, made.first_entry, made.first_entry};
  }
  faults.end += made.entries;
}

void SumCheck::tell(int level, const Faults& faults) const {
  if (faults.first == faults.end) return;
  report_(fmt::format("level {}: the summaries of entries {} to {} {}", level, faults.first, faults.end - 1,
                      faults.what));
}

void SumCheck::tell_blocks() const {
  const auto [what, first, end] = bad_blocks_;
  if (first == end) return;
  const auto id = [&](std::int64_t place) { return stored_->blocks()[static_cast<std::size_t>(place)].id; };
  if (end - first == 1) return report_(fmt::format("the sums of block {} do not fit its samples", id(first)));
  report_(fmt::format("the sums of blocks {} to {} do not fit their samples ({} blocks)", id(first),
                      id(end - 1), end - first));
}

void SumCheck::tell_rest() {
  tell_blocks();
  for (const auto& [level, faults] : faults_)
    tell(level, faults);
}

void SumCheck::compare(const BlockRow& made) {
  const auto place = static_cast<std::int64_t>(next_block_);
  const BlockRow& stored = stored_->blocks()[next_block_++];
  const double n = static_cast<double>(made.count);
  const double largest = std::max(std::abs(made.min), std::abs(made.max));
  const double span_ns = static_cast<double>(made.last_ns - made.first_ns);
  const bool same = stored.count == made.count && stored.min == made.min && stored.max == made.max &&
                    near(stored.sum, made.sum, n * largest, 1e-12) &&
                    near(stored.m2, made.m2, n * largest * largest * 1e-9, 1e-9) &&
                    stored.first_ns == made.first_ns && stored.last_ns == made.last_ns &&
                    stored.last == made.last && near(stored.inner, made.inner, largest * span_ns, 1e-12);
  if (same) return;
  if (place != bad_blocks_.end) {
    tell_blocks();
    bad_blocks_.first = place;
  }
  bad_blocks_.end = place + 1;
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
    fault(made, "are missing");
  } else if (!select_.intact()) {
    fault(made, "are damaged");
  } else if (!same(made, timed)) {
    fault(made, "do not fit the samples");
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
