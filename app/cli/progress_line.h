// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/progress.h>

#include <chrono>
#include <string>

namespace joulemark::cli {

// One line on stderr that is rewritten in place, and only when stderr is a terminal. Gone when it is
// destroyed; what is said meanwhile stands on lines of its own. One at a time.
class ProgressLine {
 public:
  explicit ProgressLine(bool quiet);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // Ten times a second at most: ask before making the text.
  [[nodiscard]] bool due() const;
  void show(std::string text);  // as show_in_place() takes it

 private:
  bool shown_to_someone_;
  std::chrono::steady_clock::time_point next_{};
};

// Shows "Checking 43 %" on a line that outlives it.
[[nodiscard]] Progress percentage(ProgressLine& line, std::string work);

}  // namespace joulemark::cli
