// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/told_once.h>

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace joulemark {
namespace {

Anomaly gap(std::optional<ChannelId> channel, TimeNs begin_ns, const std::string& message = "lost") {
  return {AnomalyKind::gap, Severity::data_loss, channel, {begin_ns, begin_ns + 10}, begin_ns, 42, message};
}

TEST(ToldOnce, TroubleThatConcernsSeveralChannelsAtOnePlaceIsOne) {
  const std::vector<Anomaly> all{gap(ChannelId{0}, 100), gap(ChannelId{0}, 500), gap(ChannelId{1}, 100),
                                 gap(ChannelId{1}, 500), gap(ChannelId{2}, 500)};
  EXPECT_EQ(told_once(all, {}), (std::vector{all[0], all[1]}));
}

TEST(ToldOnce, NamesTheChannelsWhereThereAreSeveral) {
  const std::vector<Anomaly> all{gap(ChannelId{0}, 100), gap(ChannelId{2}, 100), gap(ChannelId{1}, 500),
                                 gap(std::nullopt, 100)};
  const auto messages = [&](const std::vector<std::string>& names) {
    std::vector<std::string> list;
    for (const Anomaly& anomaly : told_once(all, names))
      list.push_back(anomaly.message);
    return list;
  };
  EXPECT_EQ(messages({"x.current", "x.voltage", "x.power"}),
            (std::vector<std::string>{"lost (x.current, x.power)", "lost (x.voltage)", "lost"}));
  EXPECT_EQ(messages({"x.current"}), (std::vector<std::string>{"lost", "lost", "lost"}));
}

TEST(ToldOnce, WhatDiffersOrIsOfNoChannelStays) {
  Anomaly longer = gap(ChannelId{1}, 100);
  longer.count = 43;
  const std::vector<Anomaly> all{gap(ChannelId{0}, 100),
                                 gap(ChannelId{0}, 100),
                                 gap(ChannelId{1}, 200),
                                 gap(ChannelId{1}, 100, "lost on the way"),
                                 gap(std::nullopt, 100),
                                 gap(std::nullopt, 100),
                                 longer};
  EXPECT_EQ(told_once(all, {}), all);
}

}  // namespace
}  // namespace joulemark
