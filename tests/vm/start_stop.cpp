// SPDX-License-Identifier: Apache-2.0
// start_stop URI TIMES: opens the instrument, records a twentieth of a second and closes it, over and over in
// one process. Exits 1 where a recording fails or loses samples, or where files or threads are left open.
#include <analysis/model/memory_capture.h>

#include <app/recording/instruments.h>
#include <app/recording/recorder.h>

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <thread>

namespace joulemark {
namespace {

constexpr double k_duration_s = 0.05;

std::ptrdiff_t entries(const char* folder) {
  return std::distance(std::filesystem::directory_iterator(folder), {});
}

// The kernel lists one for a moment after it was joined.
std::ptrdiff_t threads_in_the_end() {
  std::ptrdiff_t threads = 0;
  for (int i = 0; i < 100 && (threads = entries("/proc/self/task")) > 1; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return threads;
}

Status record_once(const InstrumentRegistry& registry, const char* uri) {
  JM_TRY_ASSIGN(const auto instrument, registry.open(uri, {}));
  MemoryCapture capture;
  RecordingLimits limits;
  limits.duration_s = k_duration_s;
  JM_TRY_ASSIGN(const RecordingOutcome outcome, record(*instrument, capture, limits, {}));
  if (outcome.error) return tl::make_unexpected(*outcome.error);
  JM_TRY_ASSIGN(const Extent extent, capture.extent(outcome.summary.primary()));
  if (extent.samples == 250 && extent.lost_samples == 0) return {};
  return fail(ErrorCode::inadequate, fmt::format("{} samples, {} lost", extent.samples, extent.lost_samples));
}

int run(const char* uri, int times) {
  const InstrumentRegistry registry = make_registry();
  std::ptrdiff_t files = 0;
  for (int i = 0; i < times; ++i) {
    if (const Status done = record_once(registry, uri); !done) {
      fmt::print(stderr, "recording {}: {}\n", i, done.error().message);
      return 1;
    }
    if (i == 0) files = entries("/proc/self/fd");  // what libraries keep from their first use
  }
  const std::ptrdiff_t more_files = entries("/proc/self/fd") - files;
  const std::ptrdiff_t threads = threads_in_the_end();
  fmt::print("{} recordings; {} more files open than after the first one, {} threads\n", times, more_files,
             threads);
  return more_files == 0 && threads == 1 ? 0 : 1;
}

}  // namespace
}  // namespace joulemark

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  return joulemark::run(argv[1], static_cast<int>(std::strtol(argv[2], nullptr, 10)));
}
