// SPDX-License-Identifier: Apache-2.0
#include <analysis/formats/sample_feed.h>

namespace joulemark {

Status SampleFeed::put(std::int64_t index, float value, const TimeNs* stamp_ns) {
  constexpr std::size_t k_block = 16384;
  const bool follows = index == first_index_ + static_cast<std::int64_t>(values_.size());
  if (!values_.empty() && (!follows || values_.size() == k_block)) JM_TRY(flush());
  if (values_.empty()) first_index_ = index;
  values_.push_back(value);
  if (stamp_ns != nullptr) stamps_ns_.push_back(*stamp_ns);
  return {};
}

Status SampleFeed::flush() {
  if (values_.empty()) return {};
  Status accepted = sink_.accept(SampleBlock{channel_, first_index_, values_, stamps_ns_});
  values_.clear();
  stamps_ns_.clear();
  return accepted;
}

}  // namespace joulemark
