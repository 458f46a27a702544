// SPDX-License-Identifier: Apache-2.0
// Anomalies as people are told of them.
#pragma once

#include <analysis/model/anomaly.h>

#include <span>
#include <vector>

namespace joulemark {

// In their order, without those that say of another channel what one before says of its own: trouble at one
// place that concerns several channels is one trouble.
[[nodiscard]] std::vector<Anomaly> told_once(std::span<const Anomaly> anomalies);

}  // namespace joulemark
