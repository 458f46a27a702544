// SPDX-License-Identifier: GPL-3.0-or-later
#include <tests/firmware/simulated/simulated_probe.h>

#include <gtest/gtest.h>

#include <utility>

namespace joulemark::twin {

namespace {

std::unique_ptr<AvrCore> load_firmware(const std::string& elf) {
  auto core = AvrCore::load(elf);
  if (!core) throw std::runtime_error(core.error().message);
  return std::move(*core);
}

}  // namespace

SimulatedProbe::SimulatedProbe(const emulator::Ina219Settings& chip, MeanShunt shunt_v,
                               const std::string& elf)
    : core_(load_firmware(elf)),
      load_(chip.shunt_ohm, std::move(shunt_v)),
      chip_(chip, load_),
      host_([this](std::span<const std::uint8_t> bytes) { core_->send_serial(bytes); }) {
  twi_ = std::make_unique<AvrTwi>(*core_, chip_);
  core_->on_serial([this](std::uint8_t byte) { host_.hear(byte); });
}

void SimulatedProbe::run_ms(double ms) {
  const auto cycles = static_cast<Cycle>(ms * 1000 * static_cast<double>(k_cycles_per_us));
  ASSERT_TRUE(core_->run_until(core_->now() + cycles)) << "the firmware crashed";
}

void SimulatedProbe::set_line_at(Cycle cycle, int line, bool level) {
  core_->set_pin_at(cycle, line == 0 ? 'B' : 'D', line == 0 ? 0 : line + 1, level);
}

}  // namespace joulemark::twin
