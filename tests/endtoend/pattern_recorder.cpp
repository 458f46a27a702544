// SPDX-License-Identifier: Apache-2.0
// A recorder to be killed, and the judge of what it leaves.
//   pattern_recorder record FILE RATE_HZ PROGRESS   feeds a known pattern, paced, until it is killed; after
//   every accepted
//                                                   block it appends "MONOTONIC_NS END_INDEX" to PROGRESS
//   pattern_recorder check FILE                     prints the end of the stored indices; 1 when any value is
//   wrong
#include <analysis/capture/capture_reader.h>
#include <analysis/capture/capture_writer.h>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace joulemark {
namespace {

using Clock = std::chrono::steady_clock;  // CLOCK_MONOTONIC here, as the driver of the test reads it

constexpr auto k_block_time = std::chrono::milliseconds(5);

// Exact in float32, different for neighbours and after any shift.
float pattern(std::int64_t index) {
  const auto mixed = static_cast<std::uint64_t>(index) * 0x9E3779B97F4A7C15U;
  return static_cast<float>(mixed >> 40);
}

int complain(std::string_view what) {
  fmt::print(stderr, "{}\n", what);
  return 1;
}

int record(const std::string& path, double rate_hz, const char* progress) {
  const int log = open(progress, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  CaptureInfo info;
  info.channels.resize(1);
  info.channels[0].name = "pattern.current";
  info.channels[0].rate_hz = rate_hz;
  CaptureWriter writer({.path = path, .mode = CaptureMode::live, .overflow = Overflow::drop});
  if (const Status begun = writer.begin(info); !begun) return complain(begun.error().message);
  std::vector<float> values(
      static_cast<std::size_t>(rate_hz * std::chrono::duration<double>(k_block_time).count()));
  const auto start = Clock::now();
  for (std::int64_t block = 0;; ++block) {
    std::this_thread::sleep_until(start + block * k_block_time);
    const std::int64_t first = block * static_cast<std::int64_t>(values.size());
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = pattern(first + static_cast<std::int64_t>(i));
    if (const Status taken = writer.accept(SampleBlock{ChannelId{0}, first, values, {}}); !taken) {
      return complain(taken.error().message);
    }
    const auto now_ns =
        std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch()).count();
    const std::string line = fmt::format("{} {}\n", now_ns, first + static_cast<std::int64_t>(values.size()));
    if (write(log, line.data(), line.size()) < 0) return complain("cannot write the progress");
  }
}

int check(const std::string& path) {
  auto reader = CaptureReader::open(path);
  if (!reader) return complain(reader.error().message);
  std::int64_t next = 0;
  const Status read =
      (*reader)->read(ChannelId{0}, {0, std::int64_t{1} << 62}, [&](const SampleBlock& block) -> Status {
        if (block.first_index != next)
          return fail(ErrorCode::inadequate, fmt::format("a hole before {}", block.first_index));
        for (const float value : block.values) {
          if (value != pattern(next++))
            return fail(ErrorCode::inadequate, fmt::format("sample {} is wrong", next - 1));
        }
        return {};
      });
  if (!read) return complain(read.error().message);
  fmt::print("{}\n", next);
  return 0;
}

}  // namespace
}  // namespace joulemark

int main(int argc, char** argv) {
  const std::string_view verb = argc > 2 ? argv[1] : "";
  if (verb == "record" && argc == 5) return joulemark::record(argv[2], std::atof(argv[3]), argv[4]);
  if (verb == "check" && argc == 3) return joulemark::check(argv[2]);
  return joulemark::complain("usage: pattern_recorder record FILE RATE_HZ PROGRESS | check FILE");
}
