// SPDX-License-Identifier: Apache-2.0
#include <drivers/ina219/chip/target_voltage.h>

#include <utility>

namespace joulemark::ina219 {

void TargetVoltage::renew_supply(int shunt_steps, bool clipped) {
  const auto bus_steps = std::exchange(reading_, std::nullopt);
  const bool doubtful = clipped || last_clipped_;
  if (!bus_steps || (doubtful && supply_)) return;
  supply_ = *bus_steps + (last_shunt_ ? (*last_shunt_ + shunt_steps) / 2 : shunt_steps);
}

std::span<const TargetVoltage::Sample> TargetVoltage::conversion(const Sample& shunt, bool clipped) {
  if (supply_) waiting_.clear();  // all told
  renew_supply(shunt.steps, clipped);
  last_shunt_ = shunt.steps;
  last_clipped_ = clipped;
  if (waiting_.size() < k_most_waiting) waiting_.push_back(shunt);
  if (!supply_) return {};
  for (Sample& sample : waiting_)
    sample.steps = *supply_ - sample.steps;
  return waiting_;
}

std::span<const TargetVoltage::Sample> TargetVoltage::bridge(const Sample& mean, bool clipped) {
  last_shunt_ = mean.steps;
  last_clipped_ = clipped;
  return conversion(mean, clipped);
}

}  // namespace joulemark::ina219
