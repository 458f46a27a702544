// SPDX-License-Identifier: Apache-2.0
#include <app/cli/output.h>
#include <app/cli/progress_line.h>

#include <fmt/format.h>
#include <unistd.h>

#include <utility>

namespace joulemark::cli {
namespace {

constexpr std::chrono::milliseconds k_interval{100};

}  // namespace

ProgressLine::ProgressLine(bool quiet) : shown_to_someone_(!quiet && isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
  show_in_place("");
}

bool ProgressLine::due() const {
  return shown_to_someone_ && std::chrono::steady_clock::now() >= next_;
}

void ProgressLine::show(std::string text) {
  if (!shown_to_someone_) return;
  show_in_place(std::move(text));
  next_ = std::chrono::steady_clock::now() + k_interval;
}

Progress percentage(ProgressLine& line, std::string work) {
  return [&line, work = std::move(work)](double part) {
    if (line.due()) line.show(fmt::format("{} {:.0f} %", work, 100 * part));
  };
}

}  // namespace joulemark::cli
