// SPDX-License-Identifier: Apache-2.0
#include <drivers/ina219/acquisition.h>

#include <array>

namespace joulemark::ina219 {
namespace {

constexpr std::size_t k_edges = 1 << 16;
constexpr std::chrono::milliseconds k_wait{20};

}  // namespace

EdgeAcquisition::EdgeAcquisition(gpio::EdgeSource* source) : ring_(source != nullptr ? k_edges : 1) {
  if (source == nullptr) return;
  levels_ = source->start();
  thread_ = std::make_unique<Acquisition>([this, source] { return turn(*source); });
}

bool EdgeAcquisition::turn(gpio::EdgeSource& source) {
  std::array<gpio::RawEdge, 64> edges;
  const int count = source.read(edges, k_wait);
  if (count < 0) {
    error_ = -count;
    return false;
  }
  for (int i = 0; i < count; ++i)
    lost_ = ring_.push({edges[static_cast<std::size_t>(i)], lost_}) ? 0 : lost_ + 1;
  return true;
}

}  // namespace joulemark::ina219
