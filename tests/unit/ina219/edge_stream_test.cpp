// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/memory_capture.h>

#include <drivers/ina219/edge_stream.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>
#include <vector>

namespace joulemark::ina219 {
namespace {

class EdgesTest : public testing::Test {
 protected:
  EdgesTest() {
    CaptureInfo info;
    Channel current;
    current.name = "ina219.current";
    current.timed = true;
    info.channels = {current};
    info.lines = {{LineId{0}, "a"}, {LineId{1}, "b"}};
    EXPECT_TRUE(capture_.begin(info));
  }
  std::vector<Edge> edges() {
    std::vector<Edge> all;
    EXPECT_TRUE(capture_.edges({-1'000'000, 1'000'000}, [&](std::span<const Edge> some) -> Status {
      all.insert(all.end(), some.begin(), some.end());
      return {};
    }));
    return all;
  }

  MemoryCapture capture_;
  EdgeStream stream_{2, 50'000, capture_};
};

TEST_F(EdgesTest, WaitForTheFirstSample) {
  ASSERT_TRUE(stream_.accept({{5'000, 0, true}}, 6'000));
  EXPECT_TRUE(edges().empty());
  ASSERT_TRUE(stream_.follow(10'000));
  ASSERT_TRUE(stream_.accept({{12'000, 1, true}}, 13'000));
  EXPECT_EQ(edges(),
            (std::vector<Edge>{{-5'000, 50'000, LineId{0}, true}, {2'000, 50'000, LineId{1}, true}}));
}

TEST_F(EdgesTest, TwoOfOneDirectionMeanThatOneWasLost) {
  ASSERT_TRUE(stream_.follow(0));
  ASSERT_TRUE(stream_.accept({{1'000, 0, true}}, 2'000));
  ASSERT_TRUE(stream_.accept({{2'000, 0, true}}, 2'000));
  ASSERT_TRUE(stream_.accept({{3'000, 1, true}}, 3'000));
  EXPECT_EQ(stream_.lost(), 1);
  const std::vector<Anomaly> told = *capture_.anomalies();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].kind, AnomalyKind::lost_line);
  EXPECT_EQ(told[0].time, (TimeRange{1'000, 2'000}));
}

TEST_F(EdgesTest, AFirstEdgeThatDoesNotChangeTheLevelMeansThatOneWasLost) {
  ASSERT_TRUE(stream_.start({true, std::nullopt}, 0));
  ASSERT_TRUE(stream_.follow(0));
  ASSERT_TRUE(stream_.accept({{1'000, 1, true}}, 2'000));
  ASSERT_TRUE(stream_.accept({{2'000, 0, true}}, 2'000));
  const std::vector<Anomaly> told = *capture_.anomalies();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].kind, AnomalyKind::lost_line);
  EXPECT_EQ(told[0].time, (TimeRange{0, 2'000}));
  EXPECT_EQ(*capture_.metadata(), (std::vector<MetadataItem>{{"line.d0.initial", "high"}}));
}

TEST_F(EdgesTest, EdgesThatWereDroppedAreMissingBetweenTheirNeighbours) {
  ASSERT_TRUE(stream_.follow(0));
  ASSERT_TRUE(stream_.accept({{1'000, 0, true}}, 2'000));
  ASSERT_TRUE(stream_.accept({{2'000, 1, true}}, 2'000));
  ASSERT_TRUE(stream_.accept({{9'000, 0, false}, 3}, 9'000));
  ASSERT_TRUE(stream_.finish(5, 12'000));
  const std::vector<Anomaly> told = *capture_.anomalies();
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0].kind, AnomalyKind::lost_edges);
  EXPECT_EQ(told[0].time, (TimeRange{2'000, 9'000}));
  EXPECT_EQ(told[0].count, 3);
  EXPECT_EQ(told[1].time, (TimeRange{9'000, 12'000}));
  EXPECT_EQ(told[1].count, 2);
}

// Gives edges until there are more than fit.
class ManyEdges final : public gpio::EdgeSource {
 public:
  std::vector<std::optional<bool>> start() override { return {}; }
  int read(std::span<gpio::RawEdge> into, std::chrono::milliseconds) override {
    if (given == k_all) return 0;
    for (gpio::RawEdge& edge : into)
      edge = {++given, 0, given % 2 == 1};
    return static_cast<int>(into.size());
  }
  std::uint32_t resolution_ns() const override { return 0; }

  static constexpr TimeNs k_all = 70'016;  // a multiple of 64
  std::atomic<TimeNs> given = 0;
};

TEST(EdgeAcquisition, SaysWhereEdgesDidNotFit) {
  ManyEdges source;
  EdgeAcquisition acquisition(&source);
  while (source.given < ManyEdges::k_all || acquisition.dropped() < ManyEdges::k_all - 65'536)
    std::this_thread::yield();
  std::vector<TakenEdge> taken(65'536);
  ASSERT_EQ(acquisition.pop(taken), taken.size());
  for (const TakenEdge& edge : taken)
    ASSERT_EQ(edge.lost, 0);
  source.given = ManyEdges::k_all - 64;  // and 64 more
  std::array<TakenEdge, 64> more;
  while (acquisition.pop(std::span(more).first(1)) == 0)
    std::this_thread::yield();
  EXPECT_EQ(more[0].lost, ManyEdges::k_all - 65'536);
}

// As of a process that was stopped for two minutes.
TEST_F(EdgesTest, MayWaitForUsHoweverLong) {
  ASSERT_TRUE(stream_.start({}, 0));
  ASSERT_TRUE(stream_.follow(0));
  EXPECT_TRUE(stream_.accept({{1'000, 0, true}}, 120'000'000'000));
  EXPECT_EQ(edges().size(), 1u);
}

TEST_F(EdgesTest, StampsOfAnotherClockAreRefused) {
  const auto status = stream_.accept({{1'700'000'000'000'000'000, 0, true}}, 5'000);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::protocol);
  EXPECT_THAT(status.error().message, testing::HasSubstr("5.7"));
}

}  // namespace
}  // namespace joulemark::ina219
