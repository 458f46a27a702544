// SPDX-License-Identifier: Apache-2.0
#include <analysis/timing/stated_levels.h>

#include <fmt/format.h>

#include <vector>

namespace joulemark {

Result<Levels> stated_levels(SampleSource& source) {
  JM_TRY_ASSIGN(const std::vector<MetadataItem> metadata, source.metadata());
  Levels levels;
  for (const Line& line : source.info().lines) {
    const std::string key = fmt::format("line.d{}.initial", line.id.value);
    for (const MetadataItem& item : metadata) {
      if (item.key != key) continue;
      levels.known.set(line.id.value & 0xFF);
      levels.high.set(line.id.value & 0xFF, item.value == "high");
    }
  }
  return levels;
}

}  // namespace joulemark
