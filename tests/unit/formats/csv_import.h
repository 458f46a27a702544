// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/formats/csv.h>

#include <tests/unit/formats/import_helpers.h>

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace joulemark::test {

// A text as the file "a.csv", and perhaps one of edges as "edges.csv".
inline Imported import_text(const std::string& text, const std::vector<std::string>& options = {},
                            const std::string& edges = "") {
  Imported imported;
  const auto values = OptionValues::parse(options, csv_options());
  EXPECT_TRUE(values) << values.error().message;
  std::istringstream samples(text);
  std::istringstream edge_stream(edges);
  CsvStreams streams{&samples, "a.csv", edges.empty() ? nullptr : &edge_stream, "edges.csv"};
  imported.status = import_csv(streams, *values, *imported.capture);
  return imported;
}

}  // namespace joulemark::test
