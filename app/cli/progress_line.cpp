// SPDX-License-Identifier: Apache-2.0
#include <app/cli/progress_line.h>

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

namespace joulemark::cli {
namespace {

constexpr std::size_t k_columns = 79;
constexpr std::chrono::milliseconds k_interval{100};

}  // namespace

ProgressLine::ProgressLine(bool quiet) : shown_to_someone_(!quiet && isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
  if (dirty_) std::fputs(fmt::format("\r{:{}}\r", "", k_columns).c_str(), stderr);
}

bool ProgressLine::due() const {
  return shown_to_someone_ && std::chrono::steady_clock::now() >= next_;
}

void ProgressLine::show(std::string text) {
  if (!shown_to_someone_) return;
  text.resize(k_columns, ' ');
  std::fputs(("\r" + text).c_str(), stderr);
  std::fflush(stderr);
  dirty_ = true;
  next_ = std::chrono::steady_clock::now() + k_interval;
}

Progress percentage(ProgressLine& line, std::string work) {
  return [&line, work = std::move(work)](double part) {
    if (line.due()) line.show(fmt::format("{} {:.0f} %", work, 100 * part));
  };
}

}  // namespace joulemark::cli
