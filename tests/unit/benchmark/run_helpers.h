// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/benchmark/mlperf.h>
#include <analysis/model/memory_capture.h>

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <vector>

namespace joulemark::test {

// All of them, "code: message", a line each.
inline std::string all_findings(const MlperfResult& result) {
  std::string text;
  for (const MlperfFinding& finding : result.findings)
    text += finding.code + ": " + finding.message + "\n";
  return text;
}

inline std::vector<Edge> edges_of(MemoryCapture& capture) {
  std::vector<Edge> all;
  EXPECT_TRUE(capture.edges(k_all_time, [&](std::span<const Edge> edges) -> Status {
    all.insert(all.end(), edges.begin(), edges.end());
    return {};
  }));
  return all;
}

}  // namespace joulemark::test
