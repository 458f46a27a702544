// SPDX-License-Identifier: Apache-2.0
// How many samples of a channel are lost: the one count that every command shows.
#pragma once

#include <analysis/model/anomaly.h>
#include <analysis/model/ids.h>
#include <analysis/model/sample_source.h>

#include <cstdint>
#include <span>

namespace joulemark {

// Unused indices that stand for pauses of unknown length (gaps of severity info): nothing was lost there.
[[nodiscard]] std::int64_t paused_samples(std::span<const Anomaly> anomalies, ChannelId channel);

// Unused indices between the first and the last stored sample, without pauses, and what the anomalies say was
// lost before the first and after the last.
[[nodiscard]] std::int64_t lost_samples(const Extent& extent, std::span<const Anomaly> anomalies,
                                        ChannelId channel);

}  // namespace joulemark
