// SPDX-License-Identifier: GPL-3.0-or-later
#include <drivers/emulator/twin/sounds.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace joulemark::twin {

namespace {

constexpr double k_keywords = 0.4;      // of all sounds; the others are equally frequent
constexpr double k_chirp_s = 0.054;     // from one frequency to the other
constexpr double k_step_v = 3.3 / 256;  // of the target's converter
constexpr double k_hiss_v = 1 * k_step_v;

}  // namespace

Sounds::Sounds(const SoundSettings& settings)
    : settings_(settings), random_(settings.seed, 1), noise_(settings.seed, 2) {
  next();
}

void Sounds::next() {
  const double wait_s =
      k_least_interval_s - std::max(settings_.interval_s - k_least_interval_s, 0.0) * std::log(1 - draw());
  const TimeNs begin_ns = time_.begin_ns + from_seconds(wait_s);
  time_ = {begin_ns, begin_ns + from_seconds(k_sound_s)};
  const double which = draw();
  kind_ = which < k_keywords
              ? Kind::keyword
              : static_cast<Kind>(1 + static_cast<int>((which - k_keywords) / (1 - k_keywords) * 3));
  const double low_hz = draw(400, 700);
  const double high_hz = draw(1700, 2300);
  begin_hz_ = kind_ == Kind::falling ? high_hz : low_hz;
  end_hz_ = kind_ == Kind::falling ? low_hz : high_hz;
  if (kind_ == Kind::tone) begin_hz_ = end_hz_ = draw(400, 2400);
  loud_v_ = k_step_v * draw(30, 100);
}

double Sounds::volts(TimeNs time_ns) {
  const double hiss = noise_.uniform(noises_++) * 2 - 1;
  if (!time_.contains(time_ns)) return hiss * k_hiss_v;
  if (kind_ == Kind::noise) return hiss * loud_v_;
  const double t = to_seconds(time_ns - time_.begin_ns);
  const double swept = std::min(t, k_chirp_s);
  const double cycles =
      begin_hz_ * swept + (end_hz_ - begin_hz_) * swept * swept / (2 * k_chirp_s) + end_hz_ * (t - swept);
  return loud_v_ * std::sin(2 * std::numbers::pi * cycles) + hiss * k_hiss_v;
}

}  // namespace joulemark::twin
