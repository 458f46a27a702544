// SPDX-License-Identifier: Apache-2.0
// What metadata tells of the levels that lines began with.
#pragma once

#include <analysis/model/result.h>
#include <analysis/model/sample_source.h>

#include <bitset>

namespace joulemark {

using LineSet = std::bitset<256>;

struct Levels {
  LineSet known;
  LineSet high;  // of those
};

// "line.d<n>.initial": an importer or a probe may know the level, of a line without an edge too. Errors: the
// source's.
[[nodiscard]] Result<Levels> stated_levels(SampleSource& source);

}  // namespace joulemark
