// SPDX-License-Identifier: Apache-2.0
// The input is three files, cut by lines of "--": options one a line, edges (none when empty), samples.
#include <analysis/formats/csv.h>
#include <analysis/model/memory_capture.h>

#include <tests/fuzz/parts.h>

#include <cstddef>
#include <cstdint>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace joulemark;
  test::Parts parts(data, size);
  std::istringstream option_lines(parts.next());
  std::vector<std::string> texts;
  for (std::string line; std::getline(option_lines, line) && texts.size() < 16;)
    texts.push_back(line);
  const auto options = OptionValues::parse(texts, csv_options());
  if (!options) return 0;
  const std::string edge_text = parts.next();
  std::istringstream edges(edge_text);
  std::istringstream samples(parts.rest());
  MemoryCapture capture;
  (void)import_csv({&samples, "a.csv", edge_text.empty() ? nullptr : &edges, "edges.csv"}, *options, capture);
  return 0;
}
