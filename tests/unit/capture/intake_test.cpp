// SPDX-License-Identifier: Apache-2.0
// A producer that is faster than the disk.
#include <analysis/capture/intake.h>

#include <gtest/gtest.h>

#include <variant>
#include <vector>

namespace joulemark::capture {
namespace {

constexpr TimeNs k_ms = 1'000'000;

CaptureInfo one_current() {
  CaptureInfo info;
  Channel current;
  current.name = "a.current";
  current.rate_hz = 1000;
  info.channels = {current};
  info.lines = {{LineId{0}, "a"}};
  return info;
}

// What a consumer takes, until there is no more.
struct Taken {
  std::vector<Edge> edges;
  std::vector<Anomaly> anomalies;

  void all_of(Intake& intake) {
    while (true) {
      auto taken = intake.take(Intake::Clock::now());
      if (auto* slot = std::get_if<EdgeSlot*>(&taken)) {
        edges.insert(edges.end(), (*slot)->edges.begin(),
                     (*slot)->edges.begin() + static_cast<std::ptrdiff_t>((*slot)->count));
        intake.release(*slot);
      } else if (auto* items = std::get_if<std::vector<Item>>(&taken)) {
        for (const Item& item : *items)
          anomalies.push_back(std::get<Anomaly>(item));
      } else if (!std::holds_alternative<Intake::Batch>(taken)) {
        return;
      }
    }
  }
};

// 2 ms high, 2 ms low, and so on. Returns the first time that was not put.
TimeNs put_edges(Intake& intake, TimeNs from_ns, int count) {
  for (int i = 0; i < count; ++i)
    intake.put(Edge{from_ns + i * 2 * k_ms, 500, LineId{0}, i % 2 == 0});
  return from_ns + count * 2 * k_ms;
}

TEST(Intake, TellsBetweenWhichEdgesOthersWereDropped) {
  Intake intake(one_current(), Overflow::drop, 1 << 20, 1 << 20);
  Taken taken;
  const TimeNs full_ns = put_edges(intake, k_ms, (1 << 18) - 1);  // all that fits but for one
  intake.put(Edge{full_ns, 500, LineId{0}, false});
  intake.put(Edge{full_ns + 2 * k_ms, 500, LineId{0}, true});  // dropped, as the next one
  intake.put(Edge{full_ns + 4 * k_ms, 500, LineId{0}, false});
  taken.all_of(intake);
  const TimeNs again_ns = full_ns + 6 * k_ms;
  put_edges(intake, again_ns, 4);
  intake.finish();
  taken.all_of(intake);

  EXPECT_EQ(taken.edges.size(), (1U << 18) + 4);
  ASSERT_EQ(taken.anomalies.size(), 1U);
  EXPECT_EQ(taken.anomalies[0].kind, AnomalyKind::lost_edges);
  EXPECT_EQ(taken.anomalies[0].time, (TimeRange{full_ns, again_ns}));
  EXPECT_EQ(taken.anomalies[0].count, 2);
}

TEST(Intake, TellsEdgesThatWereDroppedAtTheEnd) {
  Intake intake(one_current(), Overflow::drop, 1 << 20, 1 << 20);
  Taken taken;
  const TimeNs full_ns = put_edges(intake, k_ms, 1 << 18);
  const TimeNs end_ns = put_edges(intake, full_ns, 3);
  intake.finish();
  taken.all_of(intake);
  ASSERT_EQ(taken.anomalies.size(), 1U);
  EXPECT_EQ(taken.anomalies[0].kind, AnomalyKind::lost_edges);
  EXPECT_EQ(taken.anomalies[0].time, (TimeRange{full_ns - 2 * k_ms, end_ns - 2 * k_ms}));
}

}  // namespace
}  // namespace joulemark::capture
