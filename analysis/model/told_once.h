// SPDX-License-Identifier: Apache-2.0
// Anomalies as people are told of them.
#pragma once

#include <analysis/model/anomaly.h>
#include <analysis/model/capture_info.h>

#include <span>
#include <string>
#include <vector>

namespace joulemark {

// By ChannelId.
[[nodiscard]] std::vector<std::string> channel_names(const CaptureInfo& info);

// In their order, without those that say of another channel what one before says of its own: trouble at one
// place that concerns several channels is one trouble. Where there are several channels, its message ends
// with the names of those that it concerns.
[[nodiscard]] std::vector<Anomaly> told_once(std::span<const Anomaly> anomalies,
                                             std::span<const std::string> channel_names);

}  // namespace joulemark
