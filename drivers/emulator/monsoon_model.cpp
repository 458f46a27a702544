// SPDX-License-Identifier: Apache-2.0
#include <drivers/emulator/monsoon_model.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace joulemark::emulator {
namespace {

enum VendorRequest : std::uint8_t { k_parameter = 1, k_start = 2, k_stop = 3, k_bootloader = 0xFF };

constexpr std::uint8_t k_vendor_out = 0x40;
constexpr std::uint8_t k_vendor_in = 0xC0;
constexpr std::uint8_t k_standard_mask = 0x60;
constexpr std::uint8_t k_set_configuration = 9;
constexpr std::uint32_t k_refused = 0xFFFFFFFE;
constexpr std::uint32_t k_sampling_bit = 0x80;
constexpr std::uint32_t k_until_stopped = 0xFFFFFFFF;
constexpr std::uint16_t k_default_interval_ms = 1250;
constexpr double k_voltage_unit = 1048576;
constexpr std::uint32_t k_bad_dac_low = 0xA000;
constexpr std::uint32_t k_good_dac_low = 0xE100;
constexpr std::uint32_t k_good_dac_high = 0xC810;
constexpr double k_bad_dac_error = 1.6;  // what the output then is, in what was asked for
constexpr std::uint32_t k_passthrough_on = 1;
constexpr std::int64_t k_calibrate_phase_slots = 2;
constexpr std::int64_t k_sample_phase_slots = 5000;

std::uint32_t number(std::span<const std::byte> bytes) {  // little-endian
  std::uint32_t value = 0;
  for (std::size_t i = std::min<std::size_t>(bytes.size(), 4); i-- > 0;)
    value = value << 8U | std::to_integer<std::uint32_t>(bytes[i]);
  return value;
}

usbip::UsbReply reply_with(std::uint32_t value, std::uint16_t length) {
  usbip::UsbReply reply;
  for (unsigned i = 0; i < std::min<unsigned>(length, 4); ++i)
    reply.data.push_back(static_cast<std::byte>(value >> (8 * i)));
  return reply;
}

bool answers_in_sample_mode(std::uint8_t opcode) {
  return opcode == k_op_firmware || opcode == k_op_protocol || opcode == k_op_start_status;
}

// Whether asking for it is part of identifying the unit, rather than of configuring it.
bool identifies(std::uint8_t opcode) {
  return answers_in_sample_mode(opcode) || opcode == k_op_serial || opcode == k_op_hardware_model;
}

usbip::UsbDescriptors describe(const MonsoonSettings& settings) {
  usbip::UsbDescriptors descriptors;
  descriptors.vendor_id = 0x2AB9;
  descriptors.product_id = 0x0001;
  descriptors.device_version = 0x0032;
  descriptors.endpoints = {{0x81, usbip::UsbDevice::k_packet_size}, {0x01, usbip::UsbDevice::k_packet_size}};
  descriptors.strings = {"Joulemark", "Emulated power monitor", std::to_string(settings.serial)};
  return descriptors;
}

}  // namespace

MonsoonModel::MonsoonModel(const MonsoonSettings& settings, std::unique_ptr<MonsoonScenario> scenario,
                           MonsoonObserver observer)
    : kind_(settings.kind),
      faults_(settings.sampler.faults),
      descriptors_(describe(settings)),
      parameters_(monsoon_parameters(settings.kind, settings.serial)),
      packets_(settings.kind, settings.sampler),
      unit_(settings, std::move(scenario), packets_, std::move(observer)) {
  parameters_[k_op_main_voltage].value =
      static_cast<std::uint32_t>(std::lround(settings.output_v * k_voltage_unit));
  if (faults_.bad_dac_calibration) parameters_[k_op_dac_low].value = k_bad_dac_low;
}

bool MonsoonModel::advance(TimeNs now_ns) {
  if (!std::exchange(started_, true) && faults_.found_sampling)
    begin_run(now_ns, k_default_interval_ms, k_until_stopped);
  if (!plugged_) {
    plugged_ = std::exchange(resetting_, false);
    return false;
  }
  const bool was_sampling = unit_.sampling();
  unit_.advance(now_ns);
  if (!was_sampling) return true;
  const std::int64_t slots = unit_.sampler().slots();
  if (faults_.unplug && slots > *faults_.unplug) unplug("at its time");
  if (slots > k_calibrate_phase_slots) unplug_in(MonsoonPhase::calibrate, "while calibrating");
  if (slots > k_sample_phase_slots) unplug_in(MonsoonPhase::sample, "while sampling");
  return plugged_;
}

usbip::UsbReply MonsoonModel::control(TimeNs now_ns, const usbip::UsbSetup& setup,
                                      std::span<const std::byte> out) {
  if (!advance(now_ns)) return usbip::usb_stall();
  if ((setup.request_type & k_standard_mask) == 0) {
    if (configured_) unplug_in(MonsoonPhase::list, "when listed");
    if (setup.request == k_set_configuration) configured_ = true;
    return plugged_ ? usbip::answer_standard(descriptors_, setup) : usbip::usb_stall();
  }
  const usbip::UsbReply reply = vendor(now_ns, setup, out);
  return plugged_ ? reply : usbip::usb_stall();
}

usbip::UsbReply MonsoonModel::vendor(TimeNs now_ns, const usbip::UsbSetup& setup,
                                     std::span<const std::byte> out) {
  unplug_in(MonsoonPhase::list, "when listed");
  if (setup.request_type == k_vendor_in && setup.request == k_parameter) return get(now_ns, setup);
  if (setup.request_type == k_vendor_out) {
    if (setup.request == k_parameter) return set(now_ns, setup, out);
    if (setup.request == k_start) return start(now_ns, setup, out);
    if (setup.request == k_stop) return stop(now_ns);
    if (setup.request == k_bootloader) unplug("into its bootloader");
  }
  return refuse(fmt::format("unknown request 0x{:02X} of type 0x{:02X}", setup.request, setup.request_type));
}

usbip::UsbReply MonsoonModel::get(TimeNs now_ns, const usbip::UsbSetup& setup) {
  const auto opcode = static_cast<std::uint8_t>(setup.index & 0xFF);
  if (!identifies(opcode)) unplug_in(MonsoonPhase::configure, "when configured");
  if (unit_.sample_mode(now_ns) && !answers_in_sample_mode(opcode)) {
    unit_.count_refusal(fmt::format("question 0x{:02X} while sampling", opcode));
    return reply_with(k_refused, setup.length);
  }
  const auto found = parameters_.find(opcode);
  if (found == parameters_.end()) return refuse(fmt::format("unknown opcode 0x{:02X}", opcode));
  if (opcode == k_op_start_status)
    return reply_with(unit_.sample_mode(now_ns) ? k_sampling_bit : 0, setup.length);
  return reply_with(found->second.value, setup.length);
}

usbip::UsbReply MonsoonModel::set(TimeNs now_ns, const usbip::UsbSetup& setup,
                                  std::span<const std::byte> out) {
  const auto opcode = static_cast<std::uint8_t>(setup.index & 0xFF);
  const std::uint32_t value = number(out);
  unplug_in(MonsoonPhase::configure, "when configured");
  if (out.size() != 4 || (value & 0xFFFF) != setup.value || (value >> 16U & 0xFF) != setup.index >> 8U)
    return refuse(fmt::format("set 0x{:02X}: wValue, wIndex and data disagree", opcode));
  if (opcode == k_op_main_voltage) {
    set_voltage(now_ns, value);
    return {};
  }
  if (unit_.sample_mode(now_ns)) return refuse(fmt::format("set 0x{:02X} while sampling", opcode));
  if (opcode == k_op_calibrate_voltage) {
    parameters_[k_op_dac_low].value = k_good_dac_low;
    parameters_[k_op_dac_high].value = k_good_dac_high;
    return {};
  }
  if (opcode == k_op_reset) {
    resetting_ = true;
    unplug("to reset");
    return {};
  }
  const auto found = parameters_.find(opcode);
  if (found == parameters_.end() || !found->second.writable)
    return refuse(fmt::format("set 0x{:02X}: there is nothing to set", opcode));
  const unsigned bits = 8U * found->second.bytes;
  found->second.value = bits == 32 ? value : value & ((1U << bits) - 1);
  return {};
}

void MonsoonModel::set_voltage(TimeNs now_ns, std::uint32_t raw) {
  const std::uint32_t low = parameters_[k_op_dac_low].value;
  const std::uint32_t high = parameters_[k_op_dac_high].value;
  const bool sane =
      kind_ != MonsoonKind::hvpm || (low > 0xD000 && low < 0xF000 && high > 0xC000 && high < 0xD000);
  unit_.order_output(now_ns, raw / k_voltage_unit, sane ? 1 : k_bad_dac_error);
  parameters_[k_op_main_voltage].value = raw;
}

usbip::UsbReply MonsoonModel::start(TimeNs now_ns, const usbip::UsbSetup& setup,
                                    std::span<const std::byte> out) {
  if (out.size() != 4) return refuse("start without its four bytes");
  if (unit_.sample_mode(now_ns)) return refuse("start while sampling");
  begin_run(now_ns, setup.value, number(out));
  return {};
}

void MonsoonModel::begin_run(TimeNs now_ns, std::uint16_t interval_ms, std::uint32_t measurements) {
  MonsoonRun run;
  run.measurements = measurements == k_until_stopped ? 0 : measurements;
  run.aux_voltage = parameters_[k_op_voltage_channel].value != 0;
  run.passthrough = parameters_[k_op_passthrough].value == k_passthrough_on;
  unit_.start(now_ns, interval_ms, run);
}

usbip::UsbReply MonsoonModel::stop(TimeNs now_ns) {
  if (unit_.sampling()) unplug_in(MonsoonPhase::stop, "when stopped");
  if (plugged_) unit_.stop(now_ns);
  return {};
}

std::optional<usbip::UsbDevice::Packet> MonsoonModel::bulk_in(TimeNs now_ns) {
  if (!advance(now_ns)) return std::nullopt;
  const auto bytes = packets_.pop();
  if (!bytes) return std::nullopt;
  Packet packet{};
  std::ranges::copy(*bytes, packet.begin());
  return packet;
}

std::optional<TimeNs> MonsoonModel::bulk_in_ready_ns() const {
  return plugged_ ? unit_.sampler().next_packet_ns() : std::nullopt;
}

usbip::UsbReply MonsoonModel::refuse(const std::string& what) {
  unit_.count_refusal(what);
  return usbip::usb_stall();
}

void MonsoonModel::unplug_in(MonsoonPhase phase, const std::string& why) {
  if (faults_.unplug_in == phase) unplug(why);
}

void MonsoonModel::unplug(const std::string& why) {
  if (!std::exchange(plugged_, false)) return;
  unit_.log("unplugged " + why);
  unit_.finish();
}

}  // namespace joulemark::emulator
