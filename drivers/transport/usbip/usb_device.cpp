// SPDX-License-Identifier: Apache-2.0
#include <drivers/transport/usbip/usb_device.h>

#include <algorithm>
#include <cerrno>

namespace joulemark::usbip {
namespace {

enum Request : std::uint8_t {
  k_get_status = 0,
  k_clear_feature = 1,
  k_set_feature = 3,
  k_get_descriptor = 6,
  k_get_configuration = 8,
  k_set_configuration = 9,
  k_get_interface = 10,
  k_set_interface = 11,
};

enum DescriptorType : std::uint8_t {
  k_device = 1,
  k_configuration = 2,
  k_string = 3,
  k_interface = 4,
  k_endpoint = 5,
  k_hid = 0x21,
  k_hid_report = 0x22
};

using Bytes = std::vector<std::byte>;

void put(Bytes& bytes, std::initializer_list<unsigned> values) {
  for (const unsigned value : values)
    bytes.push_back(static_cast<std::byte>(value));
}

unsigned low(std::uint16_t value) {
  return value & 0xFFU;
}

unsigned high(std::uint16_t value) {
  return static_cast<unsigned>(value) >> 8U;
}

Bytes device_descriptor(const UsbDescriptors& d) {
  Bytes bytes;
  put(bytes, {18, k_device, 0x00, 0x02, 0, 0, 0, UsbDevice::k_packet_size});
  put(bytes, {low(d.vendor_id), high(d.vendor_id), low(d.product_id), high(d.product_id)});
  put(bytes, {low(d.device_version), high(d.device_version), 1, 2, 3, 1});
  return bytes;
}

void put_endpoint(Bytes& bytes, const UsbDescriptors::Endpoint& endpoint) {
  const unsigned transfer = endpoint.interval_ms > 0 ? 3 : 2;
  put(bytes, {7, k_endpoint, endpoint.address, transfer, low(endpoint.packet_size),
              high(endpoint.packet_size), endpoint.interval_ms});
}

Bytes configuration_descriptor(const UsbDescriptors& d) {
  const auto endpoints = static_cast<unsigned>(d.endpoints.size());
  const auto size = static_cast<std::uint16_t>(18 + d.class_descriptor.size() + 7 * d.endpoints.size());
  Bytes bytes;
  put(bytes, {9, k_configuration, low(size), high(size), 1, 1, 0, 0xC0, 50});  // self-powered, 100 mA
  put(bytes, {9, k_interface, 0, 0, endpoints, d.interface_class, 0, 0, 0});
  bytes.insert(bytes.end(), d.class_descriptor.begin(), d.class_descriptor.end());
  for (const auto& endpoint : d.endpoints)
    put_endpoint(bytes, endpoint);
  return bytes;
}

Bytes string_descriptor(const UsbDescriptors& d, unsigned index) {
  Bytes bytes;
  if (index == 0) {
    put(bytes, {4, k_string, 0x09, 0x04});  // US English
    return bytes;
  }
  if (index > d.strings.size()) return bytes;
  const std::string& text = d.strings[index - 1];
  put(bytes, {2 + 2 * static_cast<unsigned>(text.size()), k_string});
  for (const char c : text)
    put(bytes, {static_cast<unsigned char>(c), 0});
  return bytes;
}

UsbReply descriptor(const UsbDescriptors& d, const UsbSetup& setup) {
  Bytes bytes;
  if (setup.value >> 8U == k_device) bytes = device_descriptor(d);
  if (setup.value >> 8U == k_configuration) bytes = configuration_descriptor(d);
  if (setup.value >> 8U == k_string) bytes = string_descriptor(d, setup.value & 0xFFU);
  if (setup.value >> 8U == k_hid) bytes = d.class_descriptor;
  if (setup.value >> 8U == k_hid_report) bytes = d.report_descriptor;
  if (bytes.empty()) return usb_stall();
  bytes.resize(std::min<std::size_t>(bytes.size(), setup.length));
  return {0, bytes};
}

}  // namespace

UsbReply usb_stall() {
  return {-EPIPE, {}};
}

UsbReply answer_standard(const UsbDescriptors& descriptors, const UsbSetup& setup) {
  switch (setup.request) {
    case k_get_descriptor:
      return descriptor(descriptors, setup);
    case k_get_status:
      return {0, Bytes(std::min<std::size_t>(2, setup.length))};
    case k_get_configuration:
      return {0, Bytes(1, std::byte{1})};
    case k_get_interface:
      return {0, Bytes(1)};
    case k_set_configuration:
    case k_set_interface:
    case k_clear_feature:
    case k_set_feature:
      return {};
    default:
      return usb_stall();
  }
}

}  // namespace joulemark::usbip
