// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/energy/event_energy.h>
#include <analysis/energy/measure.h>
#include <analysis/model/capture_info.h>
#include <analysis/model/report.h>

#include <vector>

namespace joulemark {

// What the numbers do not say by themselves, in words, with what to do about it.
[[nodiscard]] std::vector<Finding> findings_of(const CaptureInfo& info, const Measurement& measurement,
                                               const Report& report, const std::vector<EventResult>& results,
                                               const std::vector<MetadataItem>& metadata);

}  // namespace joulemark
