// SPDX-License-Identifier: Apache-2.0
#include <drivers/transport/gpio/gpiochip.h>

#include <fmt/format.h>
#include <gpiod.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace joulemark::gpio {
namespace {

constexpr const char* k_consumer = "joulemark";
constexpr int k_tries = 100;
constexpr unsigned k_most_events = 16;  // the kernel's queue for one line

struct CloseChip {
  void operator()(gpiod_chip* chip) const { gpiod_chip_close(chip); }
};
using Chip = std::unique_ptr<gpiod_chip, CloseChip>;

// Chips behind a bus are asked for their levels now and then: an edge is stamped when it was noticed.
struct PolledChip {
  std::string_view label;
  std::uint32_t period_ns;
};
constexpr std::array<PolledChip, 1> k_polled_chips{
    {{"cp2112_gpio", 60'000'000}}};  // Linux asks every 10 jiffies

std::uint32_t polling_period_ns(const char* label) {
  const auto found = std::ranges::find(k_polled_chips, std::string_view(label), &PolledChip::label);
  return found == k_polled_chips.end() ? 0 : found->period_ns;
}

class ChipLines final : public EdgeSource {
 public:
  // Closing the chip gives its lines back.
  ChipLines(Chip chip, std::vector<gpiod_line*> lines, std::vector<pollfd> files)
      : chip_(std::move(chip)),
        lines_(std::move(lines)),
        files_(std::move(files)),
        resolution_ns_(polling_period_ns(gpiod_chip_label(chip_.get()))) {}

  std::vector<std::optional<bool>> start() override {
    std::vector<std::optional<bool>> levels;
    for (std::size_t line = 0; line < lines_.size(); ++line)
      levels.push_back(start_line(line));
    return levels;
  }

  int read(std::span<RawEdge> into, std::chrono::milliseconds timeout) override {
    const int ready = ::poll(files_.data(), files_.size(), static_cast<int>(timeout.count()));
    if (ready < 0) return errno == EINTR ? 0 : -errno;
    std::size_t count = 0;
    for (std::size_t line = 0; line < files_.size(); ++line) {
      if ((files_[line].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) return -ENODEV;
      if ((files_[line].revents & POLLIN) == 0 || count == into.size()) continue;
      const int error = read_line(line, into, count);
      if (error != 0) return -error;
    }
    return static_cast<int>(count);
  }

  std::uint32_t resolution_ns() const override { return resolution_ns_; }

 private:
  // A level belongs before the edges to come if none came while it was read; on a chip that is polled one may
  // have come that is told only later.
  std::optional<bool> start_line(std::size_t line) {
    for (int i = 0; i < k_tries; ++i) {
      while (has_edges(line)) {
        std::array<gpiod_line_event, k_most_events> events{};
        if (gpiod_line_event_read_fd_multiple(files_[line].fd, events.data(), k_most_events) < 0) return {};
      }
      const int level = gpiod_line_get_value(lines_[line]);
      if (level < 0 || resolution_ns_ != 0) return {};
      if (!has_edges(line)) return level == 1;
    }
    return {};
  }

  [[nodiscard]] bool has_edges(std::size_t line) const {
    pollfd file = files_[line];
    return ::poll(&file, 1, 0) > 0 && (file.revents & POLLIN) != 0;
  }

  int read_line(std::size_t line, std::span<RawEdge> into, std::size_t& count) {
    std::array<gpiod_line_event, k_most_events> events{};
    const auto most = static_cast<unsigned>(std::min<std::size_t>(into.size() - count, k_most_events));
    const int got = gpiod_line_event_read_fd_multiple(files_[line].fd, events.data(), most);
    if (got < 0) return errno;
    for (const gpiod_line_event& event : std::span(events).first(static_cast<std::size_t>(got))) {
      const TimeNs time_ns = TimeNs{event.ts.tv_sec} * 1'000'000'000 + event.ts.tv_nsec;
      into[count++] = {time_ns, static_cast<std::uint32_t>(line),
                       event.event_type == GPIOD_LINE_EVENT_RISING_EDGE};
    }
    return 0;
  }

  Chip chip_;
  std::vector<gpiod_line*> lines_;  // the chip's
  std::vector<pollfd> files_;
  std::uint32_t resolution_ns_;
};

tl::unexpected<Error> chip_error(const std::string& chip, int error) {
  if (error == EACCES || error == EPERM) {
    return fail(
        ErrorCode::busy,
        fmt::format("{}: not permitted for this user: sudo usermod -aG gpio $USER, then log in again "
                    "(where there is no group gpio, install drivers/ina219/70-joulemark-ina219.rules)",
                    chip));
  }
  return fail(ErrorCode::no_instrument,
              fmt::format("{}: there is no such gpiochip ({}); 'ls /dev/gpiochip*' shows what there is", chip,
                          std::generic_category().message(error)));
}

tl::unexpected<Error> line_error(const std::string& chip, unsigned offset, int error) {
  const std::string where = fmt::format("{} line {}", chip, offset);
  if (error == EBUSY)
    return fail(ErrorCode::busy, where + ": somebody else uses this line ('gpioinfo' says who)");
  if (error == EINVAL) return fail(ErrorCode::no_instrument, where + ": there is no such line");
  return fail(ErrorCode::usage, fmt::format("{}: this line cannot tell its edges ({}); use another", where,
                                            std::generic_category().message(error)));
}

}  // namespace

Result<std::unique_ptr<EdgeSource>> open(const std::string& name, std::span<const unsigned> offsets) {
  Chip chip(gpiod_chip_open_lookup(name.c_str()));
  if (!chip) return chip_error(name, errno);
  std::vector<gpiod_line*> lines;
  std::vector<pollfd> files;
  for (const unsigned offset : offsets) {
    gpiod_line* line = gpiod_chip_get_line(chip.get(), offset);
    if (line == nullptr) return line_error(name, offset, errno);
    if (gpiod_line_request_both_edges_events(line, k_consumer) < 0) return line_error(name, offset, errno);
    lines.push_back(line);
    files.push_back({gpiod_line_event_get_fd(line), POLLIN, 0});
  }
  return std::make_unique<ChipLines>(std::move(chip), std::move(lines), std::move(files));
}

}  // namespace joulemark::gpio
