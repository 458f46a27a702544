// SPDX-License-Identifier: Apache-2.0
#include <drivers/emulator/scenario_load.h>

#include <algorithm>
#include <array>

namespace joulemark::emulator {
namespace {

constexpr TimeNs k_slot_ns = 10'000;
constexpr std::size_t k_at_once = 1024;

}  // namespace

ScenarioLoad::ScenarioLoad(std::unique_ptr<MonsoonScenario> scenario, double supply_v, double shunt_ohm,
                           TimeNs begin_ns)
    : scenario_(std::move(scenario)), supply_v_(supply_v), shunt_ohm_(shunt_ohm), begin_ns_(begin_ns) {
  scenario_->begin(k_ns_per_s / static_cast<double>(k_slot_ns));
}

std::int64_t ScenarioLoad::slot_of(TimeNs time_ns) const {
  return std::max<TimeNs>(time_ns - begin_ns_, 0) / k_slot_ns;
}

const ScenarioLoad::Slot& ScenarioLoad::slot(std::int64_t number) {
  while (number >= first_ + static_cast<std::int64_t>(slots_.size())) {
    std::array<double, k_at_once> mean_a{};
    std::array<std::uint8_t, k_at_once> marker{};
    scenario_->next(mean_a, marker);
    for (std::size_t i = 0; i < k_at_once; ++i)
      slots_.push_back({mean_a[i], marker[i]});
  }
  return slots_[static_cast<std::size_t>(std::max<std::int64_t>(number - first_, 0))];
}

void ScenarioLoad::forget_before(std::int64_t number) {
  for (; first_ < number && !slots_.empty(); ++first_)
    slots_.pop_front();
}

double ScenarioLoad::mean_current_a(TimeRange window) {
  static_cast<void>(slot(slot_of(window.end_ns)));
  forget_before(slot_of(window.begin_ns));
  double charge = 0;
  for (TimeNs at_ns = window.begin_ns; at_ns < window.end_ns;) {
    const std::int64_t number = slot_of(at_ns);
    const TimeNs until_ns = std::min(window.end_ns, begin_ns_ + (number + 1) * k_slot_ns);
    charge += slot(number).mean_a * static_cast<double>(until_ns - at_ns);
    at_ns = until_ns;
  }
  return charge / static_cast<double>(window.length_ns());
}

bool ScenarioLoad::marker(TimeNs time_ns) {
  return slot(slot_of(time_ns)).marker != 0;
}

}  // namespace joulemark::emulator
