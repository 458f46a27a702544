// SPDX-License-Identifier: Apache-2.0
#include <drivers/monsoon/serial_frames.h>

#include <numeric>

namespace joulemark::monsoon {
namespace {

std::byte checksum(std::span<const std::byte> bytes) {
  return std::byte(std::accumulate(bytes.begin(), bytes.end(), 0U, [](unsigned sum, std::byte b) {
    return (sum + std::to_integer<unsigned>(b)) & 0xFFU;
  }));
}

bool looks_known(std::span<const std::byte> payload) {
  const auto kind = std::to_integer<unsigned>(payload[0]);
  if (kind == 0x10) return payload.size() == 58;
  return kind >= 0x20 && kind <= 0x3F && payload.size() >= 13 && payload.size() % 8 == 5;
}

}  // namespace

std::vector<std::byte> make_frame(std::initializer_list<int> payload) {
  std::vector<std::byte> frame{std::byte(payload.size() + 1)};
  for (const int value : payload)
    frame.push_back(std::byte(value));
  frame.push_back(checksum(frame));
  return frame;
}

void FrameReader::feed(std::span<const std::byte> bytes, const Payload& payload) {
  pending_.insert(pending_.end(), bytes.begin(), bytes.end());
  std::span<const std::byte> rest(pending_);
  while (!rest.empty()) {
    const auto length = std::to_integer<std::size_t>(rest[0]);
    if (length >= 2 && rest.size() < length + 1) break;
    if (length < 2 || checksum(rest.first(length)) != rest[length] ||
        !(in_step_ || looks_known(rest.subspan(1, length - 1)))) {
      if (in_step_) ++damaged_;
      in_step_ = false;
      rest = rest.subspan(1);
      continue;
    }
    in_step_ = true;
    payload(rest.subspan(1, length - 1));
    rest = rest.subspan(length + 1);
  }
  pending_.erase(pending_.begin(), pending_.end() - static_cast<std::ptrdiff_t>(rest.size()));
}

}  // namespace joulemark::monsoon
