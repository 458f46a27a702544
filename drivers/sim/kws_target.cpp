// SPDX-License-Identifier: Apache-2.0
#include <drivers/sim/kws_target.h>

#include <algorithm>
#include <cmath>

namespace joulemark::sim {
namespace {

struct Shape {
  Activity activity;
  double length_s;
  double begin_a;
  double end_a;
};

// A Cortex-M4 at 80 MHz, DSP code, a small and a larger network, and a 2.4 GHz radio at 0 dBm.
constexpr std::array<Shape, 10> k_shapes{{
    {Activity::frontend, 0.3e-3, 5.0e-3, 8.0e-3},  // clocks start
    {Activity::frontend, 2.7e-3, 8.0e-3, 8.0e-3},
    {Activity::detector, 7.0e-3, 12.0e-3, 12.0e-3},
    {Activity::inference, 18.0e-3, 21.0e-3, 21.0e-3},  // convolutions
    {Activity::inference, 14.0e-3, 19.5e-3, 19.5e-3},  // depth-wise ones, bound by memory
    {Activity::inference, 6.0e-3, 20.5e-3, 18.0e-3},   // pooling
    {Activity::inference, 2.0e-3, 16.0e-3, 16.0e-3},   // the dense layer
    {Activity::keyword, 1.0e-3, 8.0e-3, 30.0e-3},      // power amplifier ramps
    {Activity::keyword, 13.0e-3, 30.0e-3, 30.0e-3},
    {Activity::keyword, 1.0e-3, 30.0e-3, 6.0e-3},
}};

constexpr double k_inference_share = 0.5;  // of wakes
constexpr double k_keyword_share = 0.5;    // of inferences
constexpr double k_length_spread = 0.03;
constexpr double k_current_spread = 0.02;
constexpr double k_shortest_sleep_s = 1e-3;
constexpr std::uint64_t k_target_stream = 1;

}  // namespace

const MarkerLine* marker_line(Activity activity) {
  const auto found = std::ranges::find(k_marker_lines, activity, &MarkerLine::activity);
  return found == k_marker_lines.end() ? nullptr : &*found;
}

KwsTarget::KwsTarget(const TargetSettings& settings)
    : random_(settings.seed, k_target_stream), settings_(settings) {}

Phase KwsTarget::next() {
  if (made_.empty()) wake();
  const Phase phase = made_.front();
  made_.pop_front();
  return phase;
}

void KwsTarget::wake() {
  sleep(std::max(k_shortest_sleep_s, -std::log1p(-draw()) / settings_.wake_rate_hz));
  add(Activity::frontend);
  sleep(settings_.spacing_s);
  add(Activity::detector);
  if (draw() >= k_inference_share) return;
  sleep(settings_.spacing_s);
  add(Activity::inference);
  if (draw() >= k_keyword_share) return;
  sleep(settings_.spacing_s);
  add(Activity::keyword);
}

void KwsTarget::sleep(double length_s) {
  const TimeNs end_ns = now_ns_ + from_seconds(length_s);
  if (end_ns == now_ns_) return;
  made_.push_back({{now_ns_, end_ns}, k_sleep_current_a, k_sleep_current_a, Activity::sleep});
  now_ns_ = end_ns;
}

void KwsTarget::add(Activity activity) {
  const double longer = 1 + k_length_spread * (2 * draw() - 1);
  const double stronger = 1 + k_current_spread * (2 * draw() - 1);
  for (const Shape& shape : k_shapes) {
    if (shape.activity != activity) continue;
    const TimeNs end_ns = now_ns_ + from_seconds(shape.length_s * longer);
    made_.push_back({{now_ns_, end_ns}, shape.begin_a * stronger, shape.end_a * stronger, activity});
    now_ns_ = end_ns;
  }
}

}  // namespace joulemark::sim
