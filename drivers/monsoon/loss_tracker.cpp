// SPDX-License-Identifier: Apache-2.0
#include <drivers/monsoon/loss_tracker.h>
#include <drivers/monsoon/protocol.h>

#include <algorithm>

namespace joulemark::monsoon {

Loss LossTracker::before(const LossSigns& signs, std::int64_t missed_packets,
                         std::int64_t unreadable_packets) {
  const auto [missed, skipped] = missing(signs.sequence, missed_packets, unreadable_packets);
  Loss loss;
  if (skipped > 0) loss = {skipped * k_most_observations, Loss::Evidence::sequence};
  if (missed > 0) loss = {(missed + skipped) * k_most_observations, Loss::Evidence::missed};
  if (settled_) {
    const auto count = counted(signs);
    if (count && *count > 0) loss = {*count + missed * k_most_observations, Loss::Evidence::counted};
    loss.disbelieved = !count;
  } else if (slots_ >= k_slots_per_s) {
    loss = settle(signs, loss);
  } else {
    early_ += loss.slots;
  }
  slots_ += loss.slots;
  return loss;
}

// None: more than can be.
std::optional<std::int64_t> LossTracker::counted(const LossSigns& signs) {
  const auto since = [&](std::uint16_t before) { return static_cast<std::uint16_t>(signs.dropped - before); };
  const bool possible = since(dropped_) <= signs.most;
  if (possible || (doubted_ && since(*doubted_) <= signs.most)) {
    const std::int64_t count = since(possible ? dropped_ : *doubted_);
    dropped_ = signs.dropped;
    doubted_.reset();
    return count;
  }
  doubted_ = signs.dropped;
  return std::nullopt;
}

// What could not be read took a number of the sequence, unless fewer are missing than that.
LossTracker::Packets LossTracker::missing(int sequence, std::int64_t missed, std::int64_t unreadable) {
  const bool first = !begun_;
  begun_ = true;
  const auto expected = static_cast<int>((sequence_ + 1 + missed) & 0x0F);
  const int between = (sequence - expected) & 0x0F;
  sequence_ = sequence;
  if (first) return {missed + unreadable, 0};
  const bool believed = steady_ >= k_steady;
  const bool in_step = between == 0 || between == (unreadable & 0x0F);
  steady_ = in_step ? std::min(steady_ + 1, k_steady) : 0;
  if (!believed) return {missed + unreadable, 0};
  if (between < unreadable && unreadable < 16) return {missed + between, 0};
  return {missed + unreadable, (between - unreadable) & 0x0F};
}

// More than a second's worth cannot have been lost in the first second: then the count is still nonsense, and
// only its changes count from here on.
Loss LossTracker::settle(const LossSigns& signs, Loss loss) {
  settled_ = true;
  dropped_ = signs.dropped;
  const std::int64_t known = early_ + loss.slots;
  if (signs.dropped > k_slots_per_s || signs.dropped <= known || signs.dropped - known > signs.most)
    return loss;
  return {loss.slots + signs.dropped - known, Loss::Evidence::first_second};
}

}  // namespace joulemark::monsoon
