// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/lost_samples.h>

#include <gtest/gtest.h>

#include <vector>

namespace joulemark {
namespace {

constexpr ChannelId k_channel{0};

Anomaly loss(AnomalyKind kind, Severity severity, std::int64_t first_index, std::int64_t count,
             ChannelId channel = k_channel) {
  return {kind, severity, channel, TimeRange{}, first_index, count, ""};
}

// Indices 100 to 199, of which eight are unused.
Extent stored() {
  Extent extent;
  extent.indices = {100, 200};
  extent.samples = 92;
  extent.lost_samples = 8;
  return extent;
}

TEST(LostSamples, AreTheUnusedIndicesOnce) {
  const std::vector<Anomaly> told{loss(AnomalyKind::gap, Severity::data_loss, 150, 8)};
  EXPECT_EQ(lost_samples(stored(), told, k_channel), 8);
  EXPECT_EQ(lost_samples(stored(), {}, k_channel), 8);
}

TEST(LostSamples, TakeInWhatIsLostAtBothEnds) {
  const std::vector<Anomaly> told{loss(AnomalyKind::gap, Severity::data_loss, 70, 30),
                                  loss(AnomalyKind::damaged, Severity::data_loss, 200, 11)};
  EXPECT_EQ(lost_samples(stored(), told, k_channel), 8 + 30 + 11);
}

TEST(LostSamples, LeaveOutPausesOtherChannelsAndOtherTrouble) {
  const std::vector<Anomaly> told{loss(AnomalyKind::gap, Severity::info, 150, 5),
                                  loss(AnomalyKind::gap, Severity::data_loss, 300, 7, ChannelId{1}),
                                  loss(AnomalyKind::clipped, Severity::data_loss, 300, 9)};
  EXPECT_EQ(lost_samples(stored(), told, k_channel), 8 - 5);
  EXPECT_EQ(paused_samples(told, k_channel), 5);
}

}  // namespace
}  // namespace joulemark
