// SPDX-License-Identifier: Apache-2.0
// What the edges of a capture tell about the levels of its lines.
#pragma once

#include <analysis/model/result.h>
#include <analysis/model/sample_source.h>
#include <analysis/timing/stated_levels.h>

#include <vector>

namespace joulemark {

struct LineLevels {
  LineSet both_seen;  // recorded on both polarities (MLPerf runs hold falling edges alone)
  // Before the first edge, which tells; else as metadata states it; else low.
  LineSet initial_high;
  // At the end of each stretch in which edges may be missing: the next edge tells. A line without one, before
  // the next stretch or the end, is taken to be low if it was low before the stretch, and is unknown else.
  std::vector<Levels> after;
};

// Streams the edges once. unobserved: merged, by begin. Errors: the source's.
[[nodiscard]] Result<LineLevels> look_at_lines(SampleSource& source,
                                               const std::vector<TimeRange>& unobserved);

}  // namespace joulemark
