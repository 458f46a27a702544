// SPDX-License-Identifier: Apache-2.0
#include <drivers/monsoon/monsoon_family.h>
#include <drivers/monsoon/monsoon_instrument.h>
#include <drivers/monsoon/serial_instrument.h>
#include <drivers/transport/serial/find_ports.h>
#include <drivers/transport/serial/serial_port.h>
#include <drivers/transport/usb/usb.h>

#include <fmt/format.h>

#include <array>

namespace joulemark::monsoon {
namespace {

constexpr unsigned k_baud = 115200;  // any will do
constexpr usb::Id k_unit{k_vendor_id, k_product_id};
constexpr usb::Id k_bootloader{k_vendor_id, 0xFFFF};
constexpr usb::Id k_microchip_bootloader{0x04D8, 0x000B};

constexpr std::string_view k_permission_advice =
    "install the udev rule once: sudo install -m 644 drivers/monsoon/70-joulemark-monsoon.rules "
    "/etc/udev/rules.d/ && sudo udevadm control --reload && sudo udevadm trigger";
constexpr std::string_view k_busy_advice =
    "end the other process that uses it (another recording, PowerTool, a script)";

bool is_permission(const Error& error) {
  return error.code == ErrorCode::busy && error.message.find("not permitted") != std::string::npos;
}

std::string advice_for(const Error& error) {
  if (is_permission(error)) return std::string(k_permission_advice);
  if (error.code == ErrorCode::busy) return std::string(k_busy_advice);
  return "unplug it, switch it off and on, and plug it in again";
}

Error with_advice(Error error) {
  if (error.code == ErrorCode::busy || error.code == ErrorCode::protocol) {
    error.message += "; " + advice_for(error);
  }
  return error;
}

std::vector<MetadataItem> given(const OptionValues& options) {
  std::vector<MetadataItem> items;
  for (const OptionValue& option : options.all())
    items.push_back({"instrument." + option.name, option.text});
  return items;
}

Result<std::unique_ptr<Instrument>> open_serial(const InstrumentUri& uri, const Settings& settings,
                                                const OptionValues& options, const std::stop_token& stop) {
  JM_TRY_ASSIGN(auto port, serial::open_port(uri.place, k_baud));
  JM_TRY_ASSIGN(auto instrument, SerialInstrument::open(uri.text, std::move(port), settings, given(options),
                                                        system_timebase(), stop));
  const std::string& serial = instrument->info().instrument.serial;
  if (settings.serial.empty() || settings.serial == serial) return instrument;
  return fail(ErrorCode::no_instrument, fmt::format("the unit at {} has the serial number {}, not {}",
                                                    uri.place, serial, settings.serial));
}

Result<std::unique_ptr<Instrument>> open(const InstrumentUri& uri, const OptionValues& options,
                                         const std::stop_token& stop) {
  JM_TRY_ASSIGN(const Settings settings, read_settings(options));
  if (!uri.place.empty()) return open_serial(uri, settings, options, stop);
  auto device = usb::open(k_unit, settings.serial);
  if (!device && device.error().code == ErrorCode::no_instrument) {
    const std::string which = settings.serial.empty() ? "" : " with serial number " + settings.serial;
    return fail(ErrorCode::no_instrument,
                fmt::format("no Monsoon{} is attached; 'joulemark devices' shows what is", which));
  }
  if (!device) return tl::make_unexpected(with_advice(device.error()));
  return MonsoonInstrument::open(uri.text, std::move(*device), settings, given(options), system_timebase(),
                                 stop);
}

DeviceListing listing_of(const usb::Found& found) {
  DeviceListing listing;
  listing.uri = found.serial.empty() ? "monsoon:" : "monsoon:?serial=" + found.serial;
  listing.description = fmt::format("Monsoon power monitor on USB {:03}:{:03}", found.bus, found.address);
  if (found.id != k_unit) {
    listing.usable = false;
    listing.reason = found.id == k_bootloader
                         ? "in bootloader mode"
                         : "a Microchip bootloader: a Monsoon in bootloader mode, or some other device";
    listing.advice =
        "switch it off and on without holding its button; if it stays so, write its firmware with the "
        "vendor's "
        "PowerTool";
  } else if (found.trouble) {
    listing.usable = false;
    listing.reason = found.trouble->message;
    listing.advice = advice_for(*found.trouble);
  }
  return listing;
}

DeviceListing listing_of(const serial::FoundPort& port) {
  DeviceListing listing;
  listing.uri = "monsoon:" + port.path;
  listing.description = "Monsoon LVPM with factory firmware, serial port";
  if (port.permitted && !port.in_use) return listing;
  listing.usable = false;
  if (port.permitted) {
    listing.reason = "in use by another process";
    listing.advice = std::string(k_busy_advice);
    return listing;
  }
  listing.reason = "not permitted for this user";
  listing.advice = "join the group dialout and log in again, or " + std::string(k_permission_advice);
  return listing;
}

Result<std::vector<DeviceListing>> discover() {
  constexpr std::array k_ids{k_unit, k_bootloader, k_microchip_bootloader};
  std::vector<DeviceListing> listings;
  for (const serial::FoundPort& port : serial::find_ports(k_vendor_id))
    listings.push_back(listing_of(port));
  const auto found = usb::find(k_ids);
  if (!found && listings.empty()) return tl::make_unexpected(found.error());
  if (!found) return listings;  // serial ports do without libusb
  for (const usb::Found& each : *found)
    listings.push_back(listing_of(each));
  return listings;
}

}  // namespace

InstrumentFamily monsoon_family() {
  return {"monsoon", "Monsoon HVPM and LVPM power monitors", "monsoon:", option_specs(), open, discover};
}

}  // namespace joulemark::monsoon
