// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/time.h>

#include <cstdint>
#include <optional>

namespace joulemark::monsoon {

// What a unit says of its losses is a count that goes round: a loss of a whole round, or of that and some
// more, is not in it. The clock shows it: from then on everything arrives later, and stays as late. A second
// in which a backlog is still being caught up decides nothing, so a loss is seen two to three seconds after
// it. Allocates nothing.
class LostRounds {
 public:
  // Delays below so many slots are a late host's; at least half a round.
  explicit LostRounds(std::int64_t least) : least_(least) {}

  // All slots so far, those known to be lost included; when (steady clock) the last one of them arrived;
  // slots of a round. How many more must have been lost: whole rounds, nearly always 0.
  [[nodiscard]] std::int64_t observe(std::int64_t slots, TimeNs arrival_ns, std::int64_t round);

 private:
  [[nodiscard]] std::int64_t judge(std::int64_t late, std::int64_t round);

  std::int64_t least_;
  std::optional<TimeNs> origin_ns_;  // when slot 0 would have arrived
  TimeNs second_ends_ns_ = 0;
  std::optional<std::int64_t> least_late_;  // slots, of this second
  std::optional<std::int64_t> before_;      // the same of the second before
  std::optional<std::int64_t> usual_;       // of the last second that was as late as the one before it
};

}  // namespace joulemark::monsoon
