// SPDX-License-Identifier: Apache-2.0
#include <drivers/emulator/lvpm_serial_model.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace joulemark::emulator {
namespace {

enum Order : int { k_set = 0x01, k_start = 0x02, k_stop = 0x03 };

enum Setting : int {
  k_status = 0x00,
  k_voltage = 0x01,
  k_power_up_limit_low = 0x08,
  k_power_up_limit_high = 0x09,
  k_run_limit_low = 0x0A,
  k_run_limit_high = 0x0B,
  k_passthrough = 0x10,
  k_before_start = 0x1B,  // sent before a start; purpose unknown
};

constexpr std::array<int, 7> k_settable{
    k_power_up_limit_low, k_power_up_limit_high, k_run_limit_low, k_run_limit_high,
    k_passthrough,        k_before_start,        k_voltage};
constexpr std::uint32_t k_default_interval_ms = 1000;
constexpr std::size_t k_status_size = 58;
constexpr double k_status_volts_per_code = 125e-6;

int number(std::span<const std::byte> bytes) {  // big-endian
  int value = 0;
  for (const std::byte byte : bytes)
    value = value << 8 | std::to_integer<int>(byte);
  return value;
}

double volts_of(int setting) {
  return setting == 0 ? 0 : 2 + 0.01 * setting;
}

}  // namespace

LvpmSerialModel::LvpmSerialModel(const MonsoonSettings& settings, std::unique_ptr<MonsoonScenario> scenario,
                                 MonsoonObserver observer)
    : settings_(settings),
      packets_(settings.sampler),
      unit_(settings, std::move(scenario), packets_, std::move(observer)) {
  if (settings.output_v > 0)
    parameters_[k_voltage] = static_cast<int>(std::lround((settings.output_v - 2) * 100));
}

bool LvpmSerialModel::advance(TimeNs now_ns) {
  const MonsoonFaults& faults = settings_.sampler.faults;
  if (!plugged_) return false;
  if (!std::exchange(started_, true) && faults.found_sampling) unit_.start(now_ns, k_default_interval_ms, {});
  const bool was_sampling = unit_.sampling();
  unit_.advance(now_ns);
  if (was_sampling && faults.unplug && unit_.sampler().slots() > *faults.unplug) {
    unit_.log("unplugged at its time");
    unit_.finish();
    plugged_ = false;
  }
  return plugged_;
}

void LvpmSerialModel::receive(TimeNs now_ns, std::span<const std::byte> bytes) {
  if (!advance(now_ns)) return;
  input_.insert(input_.end(), bytes.begin(), bytes.end());
  while (take_frame(now_ns)) {
  }
}

bool LvpmSerialModel::take_frame(TimeNs now_ns) {
  if (input_.empty()) return false;
  const auto length = std::to_integer<std::size_t>(input_[0]);
  if (length >= 2 && input_.size() < length + 1) return false;
  unsigned sum = 0;
  for (std::size_t i = 0; i < length; ++i)
    sum += std::to_integer<unsigned>(input_[i]);
  if (length < 2 || (sum & 0xFF) != std::to_integer<unsigned>(input_[length])) {
    damaged_ = true;
    input_.erase(input_.begin());
    return true;
  }
  const std::vector<std::byte> payload(input_.begin() + 1,
                                       input_.begin() + static_cast<std::ptrdiff_t>(length));
  input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(length + 1));
  obey(now_ns, payload);
  return true;
}

void LvpmSerialModel::obey(TimeNs now_ns, Payload payload) {
  const int order = number(payload.first(1));
  if (order == k_set && payload.size() == 3) {
    set(now_ns, number(payload.subspan(1, 1)), number(payload.subspan(2, 1)));
  } else if (order == k_start && payload.size() == 7) {
    start(now_ns, payload);
  } else if (order == k_stop) {
    unit_.stop(now_ns);
  } else {
    unit_.count_refusal(fmt::format("order 0x{:02X} of {} bytes", order, payload.size()));
  }
}

void LvpmSerialModel::set(TimeNs now_ns, int what, int value) {
  if (what == k_status) return send_status();
  if (what != k_voltage && unit_.sample_mode(now_ns))
    return unit_.count_refusal(fmt::format("set 0x{:02X} while sampling", what));
  if (std::ranges::find(k_settable, what) == k_settable.end())
    return unit_.count_refusal(fmt::format("set 0x{:02X}: there is nothing to set", what));
  parameters_[static_cast<std::size_t>(what)] = value;
  if (what == k_voltage) unit_.order_output(now_ns, volts_of(value));
}

void LvpmSerialModel::start(TimeNs now_ns, Payload payload) {
  if (unit_.sample_mode(now_ns)) return unit_.count_refusal("start while sampling");
  const int count = number(payload.subspan(1, 4));  // -1: until stopped
  MonsoonRun run;
  run.measurements = std::max(count, 0);
  unit_.start(now_ns, static_cast<std::uint32_t>(number(payload.subspan(5, 2))), run);
}

void LvpmSerialModel::send_status() {
  std::vector<std::byte> status(k_status_size);
  const auto put = [&](std::size_t at, int value) { status[at] = static_cast<std::byte>(value); };
  const auto put_word = [&](std::size_t at, int value) {
    put(at, value >> 8);
    put(at + 1, value);
  };
  put(0, 0x10);
  put(1, 20);  // firmware
  put(2, 17);  // protocol
  put_word(9, static_cast<int>(std::lround(unit_.output_v() / k_status_volts_per_code)));
  put(19, parameters_[k_voltage]);
  put(21, std::exchange(damaged_, false) ? 0x04 : 0);
  put_word(25, settings_.serial);
  put(27, 5);  // kHz
  put_word(32, parameters_[k_power_up_limit_high] << 8 | parameters_[k_power_up_limit_low]);
  put_word(34, parameters_[k_run_limit_high] << 8 | parameters_[k_run_limit_low]);
  put(43, 4);  // hardware revision D
  put(45, parameters_[k_passthrough]);
  answers_.push_back(lvpm_frame(status));
}

std::vector<std::byte> LvpmSerialModel::send(TimeNs now_ns) {
  if (!advance(now_ns)) return {};
  if (answers_.empty()) return packets_.pop().value_or(std::vector<std::byte>{});
  std::vector<std::byte> answer = std::move(answers_.front());
  answers_.pop_front();
  return answer;
}

std::optional<TimeNs> LvpmSerialModel::ready_ns() const {
  if (!plugged_) return std::nullopt;
  return answers_.empty() ? unit_.sampler().next_packet_ns() : TimeNs{0};
}

}  // namespace joulemark::emulator
