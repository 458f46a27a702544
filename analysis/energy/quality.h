// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/energy/measure.h>
#include <analysis/model/report.h>
#include <analysis/model/sample_source.h>

#include <vector>

namespace joulemark {

// What the capture is: identity, channels, how much of them is there.
[[nodiscard]] Result<CaptureReport> describe_capture(SampleSource& source, double lost_s);

// good: nothing above info. bad: more than 1 % of the time or of the samples lost, the file damaged, or for
// some event more than a tenth of the windows left out. degraded: anything between.
[[nodiscard]] QualityReport quality_of(const std::vector<Anomaly>& anomalies, const CaptureReport& capture,
                                       const std::vector<EventReport>& events,
                                       const std::vector<EventRow>& rows);

}  // namespace joulemark
