// SPDX-License-Identifier: GPL-3.0-or-later
// What the target's microphone hears: silence, and now and then a rising chirp (the keyword), a falling one,
// a tone or noise. A function of the seed alone.
#pragma once

#include <analysis/model/time.h>

#include <drivers/sim/counter_random.h>

#include <cstdint>

namespace joulemark::twin {

struct SoundSettings {
  std::uint64_t seed = 1;
  double interval_s = 0.5;  // mean from one sound to the next; k_least_interval_s to k_most_interval_s
};
inline constexpr double k_least_interval_s = 0.25;
inline constexpr double k_most_interval_s = 3600;
inline constexpr double k_sound_s = 0.06;

class Sounds {
 public:
  explicit Sounds(const SoundSettings& settings);

  // The one that was, is or comes next. begin to end is when the microphone says that it hears something.
  [[nodiscard]] TimeRange current() const { return time_; }
  void next();

  // At the microphone, in V around its mean.
  [[nodiscard]] double volts(TimeNs time_ns);

 private:
  enum class Kind { keyword, falling, tone, noise };
  [[nodiscard]] double draw() { return random_.uniform(draws_++); }
  [[nodiscard]] double draw(double low, double high) { return low + (high - low) * draw(); }

  SoundSettings settings_;
  sim::CounterRandom random_;
  sim::CounterRandom noise_;
  std::uint64_t draws_ = 0;
  std::uint64_t noises_ = 0;
  TimeRange time_;
  Kind kind_ = Kind::noise;
  double begin_hz_ = 0;
  double end_hz_ = 0;
  double loud_v_ = 0;
};

}  // namespace joulemark::twin
