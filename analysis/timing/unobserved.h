// SPDX-License-Identifier: Apache-2.0
// Stretches in which edges may be missing (Anomalies of kind lost_edges), and what follows for events.
#pragma once

#include <analysis/model/sample_source.h>
#include <analysis/timing/timeline.h>

#include <vector>

namespace joulemark {

// Merged, by begin. Errors: the source's.
[[nodiscard]] Result<std::vector<TimeRange>> unobserved_stretches(SampleSource& source);

// An event that reaches into such a stretch may be two, with the edges between them lost: it becomes an
// Anomaly. The stretches are in doubt for every name.
void leave_out_unobserved(const std::vector<TimeRange>& stretches, Timeline& timeline);

}  // namespace joulemark
