// SPDX-License-Identifier: Apache-2.0
#include <drivers/monsoon/calibration.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace joulemark::monsoon {
namespace {

constexpr int k_hvpm_fine_below = 64000;
constexpr int k_lvpm_fine_below = 30000;
constexpr int k_aux_fine_below = 30000;  // on both models, by the vendor's library
constexpr double k_ohm_step = 0.0001;

}  // namespace

Result<Line> fit_line(double zero_mean, double reference_mean, const GrainScale& scale) {
  const double zero = zero_mean + scale.zero_offset;
  const double step = reference_mean - zero;
  if (std::abs(step) < 1) {
    return fail(
        ErrorCode::protocol,
        fmt::format("the unit's reference calibration ({:.1f}) does not differ from its zero ({:.1f})",
                    reference_mean, zero));
  }
  return Line{zero, scale.reference_ma / step};
}

void Calibration::add(const Observation& observation) {
  const bool is_zero = observation.type() == ObservationType::zero;
  for (const Rail rail : {Rail::main, Rail::usb, Rail::aux}) {
    for (const Grain grain : {Grain::fine, Grain::coarse}) {
      const int word = observation.current(rail, grain, scale_.signed_words());
      if (word == 0 && !scale_.signed_words()) continue;
      Windows& windows = windows_[static_cast<std::size_t>(rail)][static_cast<std::size_t>(grain)];
      (is_zero ? windows.zero : windows.reference).add(word);
    }
  }
}

bool Calibration::ready(std::span<const Rail> rails) const {
  return std::ranges::all_of(rails, [this](Rail rail) {
    return std::ranges::all_of(windows_[static_cast<std::size_t>(rail)],
                               [](const Windows& each) { return each.zero.full() && each.reference.full(); });
  });
}

Result<RailLines> Calibration::lines(Rail rail) const {
  const auto index = static_cast<std::size_t>(rail);
  const RailScale& scale = scale_.rails[index];
  std::array<Line, k_grains> lines;
  for (std::size_t grain = 0; grain < k_grains; ++grain) {
    const Windows& windows = windows_[index][grain];
    const auto line = fit_line(windows.zero.mean(), windows.reference.mean(), scale.grains[grain]);
    if (!line) {
      return fail_at(fmt::format("{} current, {} range", name_of(rail), grain == 0 ? "fine" : "coarse"),
                     line.error());
    }
    lines[grain] = *line;
  }
  return RailLines{lines[0], lines[1], scale.fine_below};
}

UnitScale scale_of(const HvpmMemory& memory) {
  UnitScale scale;
  scale.model = Model::hvpm;
  for (std::size_t i = 0; i < k_rails; ++i) {
    const HvpmMemory::RailMemory& rail = memory.rails[i];
    scale.rails[i].grains = {
        GrainScale{rail.fine_ua / 1000.0, static_cast<double>(rail.fine_zero)},
        GrainScale{static_cast<double>(rail.coarse_ma), static_cast<double>(rail.coarse_zero)}};
    scale.rails[i].fine_below =
        i == static_cast<std::size_t>(Rail::aux) ? k_aux_fine_below : k_hvpm_fine_below;
  }
  return scale;
}

UnitScale scale_of(const LvpmMemory& memory) {
  struct Nominal {
    double ohm, fine_ma, coarse_ma;
  };
  constexpr std::array<Nominal, k_rails> k_nominal{
      {{0.05, 35.946, 3103.4}, {0.05, 35.946, 3103.4}, {0.10, 50.49, 1289}}};
  UnitScale scale;
  scale.model = Model::lvpm;
  scale.main_voltage_step_v = 125e-6;
  for (std::size_t i = 0; i < k_rails; ++i) {
    const Nominal& nominal = k_nominal[i];
    const auto scaled = [&](double ma, int offset) {
      return GrainScale{ma * nominal.ohm / (nominal.ohm + k_ohm_step * offset), 0};
    };
    scale.rails[i].grains = {scaled(nominal.fine_ma, memory.rails[i].fine),
                             scaled(nominal.coarse_ma, memory.rails[i].coarse)};
    scale.rails[i].fine_below =
        i == static_cast<std::size_t>(Rail::aux) ? k_aux_fine_below : k_lvpm_fine_below;
  }
  return scale;
}

}  // namespace joulemark::monsoon
