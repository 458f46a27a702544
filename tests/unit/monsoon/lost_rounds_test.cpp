// SPDX-License-Identifier: Apache-2.0
#include <drivers/monsoon/lost_rounds.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace joulemark::monsoon {
namespace {

constexpr TimeNs k_ms = 1'000'000;
constexpr std::int64_t k_round = 65536;

// A unit that gives five slots a millisecond, seen through a host that fetches when it may. Of the slots
// taken from first_lost on, lost ones never arrive, and nothing tells of them.
struct Host {
  std::function<bool(TimeNs now_ns)> fetches = [](TimeNs) { return true; };
  double rate = 5;  // slots a millisecond
  std::int64_t most_at_once = 1 << 30;
  std::int64_t first_lost = 1LL << 60;
  std::int64_t lost = 0;

  // What the clock finds missing in so many seconds, in all.
  std::int64_t found(double seconds) {
    LostRounds rounds(k_round / 2);
    std::int64_t taken = 0;
    std::int64_t all_found = 0;
    for (TimeNs now = 0; now < static_cast<TimeNs>(seconds * 1e9); now += k_ms) {
      const auto past = static_cast<std::int64_t>(rate * static_cast<double>(now / k_ms));
      const std::int64_t sent = past - std::clamp<std::int64_t>(past - first_lost, 0, lost);
      const std::int64_t fresh = fetches(now) ? std::min(sent - taken, most_at_once) : 0;
      taken += fresh;
      if (fresh > 0) all_found += rounds.observe(taken + all_found, now, k_round);
    }
    return all_found;
  }
};

TEST(LostRounds, AreSeenByTheClock) {
  Host one{.first_lost = 50'000, .lost = k_round};
  EXPECT_EQ(one.found(60), k_round);
  Host three{.rate = 5.005, .first_lost = 50'000, .lost = 3 * k_round};  // 1000 ppm fast
  EXPECT_EQ(three.found(120), 3 * k_round);
}

TEST(LostRounds, AreNotSeenInAHostThatCatchesUp) {
  Host paused{.fetches = [](TimeNs now) { return now < 5'000 * k_ms || now > 25'000 * k_ms; }};
  EXPECT_EQ(paused.found(60), 0);
  Host slow{.fetches = paused.fetches,
            .most_at_once = 8};  // 60 % faster than they come: half a minute of backlog
  EXPECT_EQ(slow.found(120), 0);
}

TEST(LostRounds, AreNotSeenInAClockThatDrifts) {
  Host fast{.rate = 5.025};
  EXPECT_EQ(fast.found(3600), 0);
  Host slow{.rate = 4.975};
  EXPECT_EQ(slow.found(3600), 0);
}

}  // namespace
}  // namespace joulemark::monsoon
