// SPDX-License-Identifier: Apache-2.0
// Any bytes as an ELF file, and as the section in it: an error or a table, no crash.
#include <analysis/elf/read_markers.h>
#include <analysis/timing/event_rule.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using namespace joulemark;

void require(bool condition) {
  if (!condition) std::abort();
}

// What it says must be what the options take.
void check(const Result<MarkerTable>& table) {
  if (!table) {
    require(table.error().code == ErrorCode::unreadable && !table.error().message.empty());
    return;
  }
  std::vector<Line> lines;
  for (std::uint32_t i = 0; i < 9; ++i)
    lines.push_back({LineId{i}, ""});
  if (table->coded) {
    require(parse_marker_code(table->code_text(), lines).has_value());
  } else {
    for (const std::string& rule : table->event_rules())
      require(parse_event_rule(rule, lines).has_value());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto* bytes = reinterpret_cast<const char*>(data);
  std::vector<char> image(bytes, bytes + size);
  check(read_markers(std::span(image)));
  check(parse_marker_records({bytes, size}));
  return 0;
}
