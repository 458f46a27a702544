// SPDX-License-Identifier: Apache-2.0
#include <drivers/monsoon/lost_rounds.h>
#include <drivers/monsoon/protocol.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace joulemark::monsoon {
namespace {

constexpr TimeNs k_second = 1'000'000'000;
constexpr std::int64_t k_as_late =
    k_slots_per_s / 50;  // far more than a clock's drift, far less than catching up

}  // namespace

std::int64_t LostRounds::observe(std::int64_t slots, TimeNs arrival_ns, std::int64_t round) {
  if (!origin_ns_) {
    origin_ns_ = arrival_ns - slots * k_slot_ns;
    second_ends_ns_ = arrival_ns + k_second;
  }
  const std::int64_t late = (arrival_ns - *origin_ns_) / k_slot_ns - slots;
  least_late_ = std::min(late, least_late_.value_or(late));
  if (arrival_ns < second_ends_ns_) return 0;
  second_ends_ns_ = arrival_ns + k_second;
  return judge(*std::exchange(least_late_, std::nullopt), round);
}

std::int64_t LostRounds::judge(std::int64_t late, std::int64_t round) {
  const auto before = std::exchange(before_, late);
  if (!before || std::abs(late - *before) > k_as_late) return 0;
  const std::int64_t more = late - std::exchange(usual_, late).value_or(late);
  if (more < least_) return 0;
  const std::int64_t lost = (more + round / 2) / round * round;
  usual_ = before_ = late - lost;
  return lost;
}

}  // namespace joulemark::monsoon
