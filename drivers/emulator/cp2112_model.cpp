// SPDX-License-Identifier: Apache-2.0
#include <drivers/emulator/cp2112_model.h>

#include <algorithm>
#include <utility>

namespace joulemark::emulator {
namespace {

enum ReportId : std::uint8_t {
  k_reset = 0x01,
  k_gpio_settings = 0x02,
  k_gpio_get = 0x03,
  k_gpio_set = 0x04,
  k_version = 0x05,
  k_bus_settings = 0x06,
  k_read = 0x10,
  k_write_read = 0x11,
  k_fetch = 0x12,
  k_fetched = 0x13,
  k_write = 0x14,
  k_ask_status = 0x15,
  k_status = 0x16,
  k_cancel = 0x17,
  k_lock = 0x20,
  k_usb_settings = 0x21,
  k_manufacturer = 0x22,
  k_product = 0x23,
  k_serial = 0x24,
};

enum class Direction : std::uint8_t { input = 0x81, output = 0x91, feature = 0xB1 };

// Every report, with the size of its data behind the id.
struct ReportSize {
  ReportId id;
  Direction direction;
  std::uint8_t size;
};
constexpr std::array<ReportSize, 19> k_reports{{{k_reset, Direction::feature, 1},
                                                {k_gpio_settings, Direction::feature, 4},
                                                {k_gpio_get, Direction::feature, 1},
                                                {k_gpio_set, Direction::feature, 2},
                                                {k_version, Direction::feature, 2},
                                                {k_bus_settings, Direction::feature, 13},
                                                {k_read, Direction::output, 3},
                                                {k_write_read, Direction::output, 20},
                                                {k_fetch, Direction::output, 2},
                                                {k_fetched, Direction::input, 63},
                                                {k_write, Direction::output, 63},
                                                {k_ask_status, Direction::output, 1},
                                                {k_status, Direction::input, 63},
                                                {k_cancel, Direction::output, 1},
                                                {k_lock, Direction::feature, 1},
                                                {k_usb_settings, Direction::feature, 9},
                                                {k_manufacturer, Direction::feature, 62},
                                                {k_product, Direction::feature, 62},
                                                {k_serial, Direction::feature, 62}}};

constexpr TimeNs k_frame_ns = 1'000'000;
constexpr std::uint8_t k_class_request_mask = 0x60;
constexpr std::uint8_t k_class_request = 0x20;
constexpr std::uint8_t k_get_report = 0x01;
constexpr std::uint8_t k_set_report = 0x09;
constexpr std::size_t k_most_data = 61;  // in one report
constexpr std::uint8_t k_no_acknowledge = 0;
constexpr std::uint8_t k_success = 5;
constexpr std::uint8_t k_part_number = 0x0C;
constexpr std::uint8_t k_device_version = 2;  // knows repeated starts

template <typename... Numbers>
std::vector<std::byte> bytes(Numbers... numbers) {
  return {static_cast<std::byte>(numbers)...};
}

// Vendor-defined reports of 8-bit numbers (HID 1.11, 6.2.2).
std::vector<std::byte> report_descriptor() {
  std::vector<std::byte> descriptor =
      bytes(0x06, 0x00, 0xFF, 0x09, 0x01, 0xA1, 0x01, 0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08);
  for (const ReportSize& report : k_reports) {
    const auto item = bytes(0x85, report.id, 0x95, report.size, 0x09, 0x01, report.direction, 0x02);
    descriptor.insert(descriptor.end(), item.begin(), item.end());
  }
  descriptor.push_back(std::byte{0xC0});
  return descriptor;
}

usbip::UsbDescriptors describe(const Cp2112Settings& settings) {
  usbip::UsbDescriptors descriptors;
  descriptors.vendor_id = 0x10C4;
  descriptors.product_id = 0xEA90;
  descriptors.device_version = 0x0100;
  descriptors.interface_class = 0x03;
  descriptors.report_descriptor = report_descriptor();
  const std::size_t size = descriptors.report_descriptor.size();
  descriptors.class_descriptor = bytes(9, 0x21, 0x11, 0x01, 0, 1, 0x22, size & 0xFF, size >> 8);
  descriptors.endpoints = {{0x81, usbip::UsbDevice::k_packet_size, 1},
                           {0x01, usbip::UsbDevice::k_packet_size, 1}};
  descriptors.strings = {"Joulemark", "Emulated CP2112 bridge", settings.serial};
  return descriptors;
}

// When a report that is handed over now is on the wire.
TimeNs next_frame(TimeNs now_ns) {
  return (now_ns / k_frame_ns + 1) * k_frame_ns;
}

std::size_t number16(std::span<const std::uint8_t> data, std::size_t at) {  // big-endian
  return at + 1 < data.size() ? static_cast<std::size_t>(data[at] << 8 | data[at + 1]) : 0;
}

std::vector<std::uint8_t> part(std::span<const std::uint8_t> data, std::size_t at, std::size_t size) {
  const auto rest = data.subspan(std::min(at, data.size()));
  const auto taken = rest.first(std::min(size, rest.size()));
  return {taken.begin(), taken.end()};
}

}  // namespace

Cp2112Model::Cp2112Model(const Cp2112Settings& settings, Ina219Model& chip, ScenarioLoad& load)
    : settings_(settings),
      chip_(chip),
      load_(load),
      descriptors_(describe(settings)),
      bus_settings_{k_bus_settings, 0, 1, 0x86, 0xA0, 0x02, 0, 0, 0, 0, 0, 0, 0, 0},  // 100 kHz, no time-outs
      gpio_settings_{k_gpio_settings, 0, 0, 0, 0} {}

bool Cp2112Model::advance(TimeNs now_ns) {
  finish_until(now_ns);
  chip_.advance(now_ns);
  return !settings_.unplug_ns || now_ns < *settings_.unplug_ns;
}

usbip::UsbReply Cp2112Model::control(TimeNs now_ns, const usbip::UsbSetup& setup,
                                     std::span<const std::byte> out) {
  static_cast<void>(advance(now_ns));
  if ((setup.request_type & k_class_request_mask) == 0) return usbip::answer_standard(descriptors_, setup);
  if ((setup.request_type & k_class_request_mask) != k_class_request) return usbip::usb_stall();
  const auto id = static_cast<std::uint8_t>(setup.value & 0xFF);
  if (setup.request == k_get_report) return get_feature(now_ns, id, setup.length);
  if (setup.request != k_set_report) return {};  // idle rate, protocol
  const auto keep = [&](auto& settings) {
    for (std::size_t i = 1; i < std::min(settings.size(), out.size()); ++i)
      settings[i] = std::to_integer<std::uint8_t>(out[i]);
  };
  if (id == k_bus_settings) keep(bus_settings_);
  if (id == k_gpio_settings) keep(gpio_settings_);
  return {};
}

usbip::UsbReply Cp2112Model::get_feature(TimeNs now_ns, std::uint8_t id, std::size_t length) {
  const auto report = std::ranges::find(k_reports, id, &ReportSize::id);
  if (report == k_reports.end() || report->direction != Direction::feature) return usbip::usb_stall();
  std::vector<std::uint8_t> data(1U + report->size);
  data[0] = id;
  if (id == k_gpio_settings) std::ranges::copy(gpio_settings_, data.begin());
  if (id == k_bus_settings) std::ranges::copy(bus_settings_, data.begin());
  if (id == k_gpio_get) data[1] = load_.marker(now_ns) ? 1 : 0;
  if (id == k_version) data = {k_version, k_part_number, k_device_version};
  if (id >= k_manufacturer && id <= k_serial) {
    const std::string& text = descriptors_.strings[static_cast<std::size_t>(id - k_manufacturer)];
    data[1] = static_cast<std::uint8_t>(2 + 2 * text.size());
    data[2] = 3;
    for (std::size_t i = 0; i < text.size() && 3 + 2 * i < data.size(); ++i)
      data[3 + 2 * i] = static_cast<std::uint8_t>(text[i]);
  }
  data.resize(std::min(data.size(), length));
  usbip::UsbReply reply;
  for (const std::uint8_t byte : data)
    reply.data.push_back(static_cast<std::byte>(byte));
  return reply;
}

void Cp2112Model::data_out(TimeNs now_ns, std::span<const std::byte> bytes) {
  static_cast<void>(advance(now_ns));
  std::vector<std::uint8_t> data;
  for (const std::byte byte : bytes)
    data.push_back(std::to_integer<std::uint8_t>(byte));
  if (data.size() < 2) return;
  const auto address = static_cast<std::uint8_t>(data[1] >> 1);
  switch (data[0]) {
    case k_read:
      return begin(now_ns, {0, address, {}, number16(data, 2)});
    case k_write_read:
      if (data.size() < 5) return;
      return begin(now_ns, {0, address, part(data, 5, data[4]), number16(data, 2)});
    case k_write:
      if (data.size() < 3) return;
      return begin(now_ns, {0, address, part(data, 3, data[2]), 0});
    case k_ask_status:
      return send_status(now_ns);
    case k_fetch:
      return send_data(now_ns, number16(data, 1));
    case k_cancel:
      transfer_.reset();
      state_ = BusState::idle;
      return;
    default:
      return;
  }
}

// The request is on the wire at the next frame; the I2C bus then takes nine clocks a byte.
void Cp2112Model::begin(TimeNs now_ns, Transfer transfer) {
  const std::size_t clock_hz = static_cast<std::size_t>(bus_settings_[1]) << 24 |
                               static_cast<std::size_t>(bus_settings_[2]) << 16 | number16(bus_settings_, 3);
  const std::size_t count = transfer.written.size() + transfer.to_read + (transfer.written.empty() ? 0 : 1) +
                            (transfer.to_read == 0 ? 0 : 1);
  const double bus_s =
      9.0 * static_cast<double>(count) / static_cast<double>(std::max<std::size_t>(clock_hz, 1000));
  transfer.end_ns = next_frame(now_ns) + from_seconds(bus_s);
  read_.clear();
  done_ = 0;
  state_ = BusState::busy;
  ++transfers_;
  transfer_ = std::move(transfer);
}

void Cp2112Model::finish_until(TimeNs time_ns) {
  if (transfer_ && transfer_->end_ns <= time_ns) finish(*std::exchange(transfer_, std::nullopt));
}

void Cp2112Model::finish(const Transfer& transfer) {
  const bool loose = settings_.loose_ns && transfer.end_ns >= *settings_.loose_ns;
  state_ = transfer.address == settings_.address && !loose ? BusState::complete : BusState::error;
  if (state_ == BusState::error) return;
  if (!transfer.written.empty()) pointer_ = transfer.written[0];
  if (transfer.written.size() >= 3) {
    const auto value = static_cast<std::uint16_t>(transfer.written[1] << 8 | transfer.written[2]);
    chip_.write(transfer.end_ns, pointer_, value);
  }
  const std::uint16_t value = transfer.to_read > 0 ? chip_.read(transfer.end_ns, pointer_) : 0;
  for (std::size_t i = 0; i < transfer.to_read; ++i)
    read_.push_back(static_cast<std::uint8_t>(i % 2 == 0 ? value >> 8 : value & 0xFF));
  done_ = transfer.to_read > 0 ? transfer.to_read : transfer.written.size();
}

void Cp2112Model::send_status(TimeNs now_ns) {
  finish_until(next_frame(now_ns));  // when the question is there
  const std::uint8_t detail = state_ == BusState::error ? k_no_acknowledge : k_success;
  const std::array<std::uint8_t, 7> report{k_status,
                                           static_cast<std::uint8_t>(state_),
                                           detail,
                                           0,
                                           0,
                                           static_cast<std::uint8_t>(done_ >> 8),
                                           static_cast<std::uint8_t>(done_)};
  send(now_ns, report);
}

void Cp2112Model::send_data(TimeNs now_ns, std::size_t most) {
  const std::size_t size = std::min({most, read_.size(), k_most_data});
  std::vector<std::uint8_t> report{k_fetched, static_cast<std::uint8_t>(state_),
                                   static_cast<std::uint8_t>(size)};
  report.insert(report.end(), read_.begin(), read_.begin() + static_cast<std::ptrdiff_t>(size));
  read_.erase(read_.begin(), read_.begin() + static_cast<std::ptrdiff_t>(size));
  send(now_ns, report);
}

void Cp2112Model::send(TimeNs now_ns, std::span<const std::uint8_t> report) {
  Report queued{next_frame(now_ns) + k_frame_ns, {}};
  std::ranges::transform(report, queued.packet.begin(),
                         [](std::uint8_t byte) { return static_cast<std::byte>(byte); });
  reports_.push_back(queued);
}

std::optional<usbip::UsbDevice::Packet> Cp2112Model::bulk_in(TimeNs now_ns) {
  if (!advance(now_ns) || reports_.empty() || reports_.front().ready_ns > now_ns) return std::nullopt;
  const Packet packet = reports_.front().packet;
  reports_.pop_front();
  return packet;
}

std::optional<TimeNs> Cp2112Model::bulk_in_ready_ns() const {
  return reports_.empty() ? std::nullopt : std::optional(reports_.front().ready_ns);
}

}  // namespace joulemark::emulator
