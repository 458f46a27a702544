// SPDX-License-Identifier: Apache-2.0
#include <drivers/probe/probe_family.h>
#include <drivers/probe/probe_instrument.h>
#include <drivers/transport/serial/find_ports.h>
#include <drivers/transport/serial/serial_port.h>
#include <drivers/transport/serial/tcp_port.h>

#include <fmt/format.h>

#include <array>

namespace joulemark::probe {
namespace {

constexpr std::string_view k_tcp = "tcp://";

struct Maker {
  std::uint16_t vendor_id;
  const char* what;
};

// Of the USB side of the usual boards.
constexpr std::array k_makers{
    Maker{0x2341, "Arduino"},          Maker{0x2A03, "Arduino"},   Maker{0x1A86, "CH340 (Nano clones)"},
    Maker{0x0403, "FTDI (old Nanos)"}, Maker{0x10C4, "CP210x"},    Maker{0x239A, "Adafruit"},
    Maker{0x2E8A, "Raspberry Pi"},     Maker{0x303A, "Espressif"}, Maker{0x0483, "STMicroelectronics"},
};

Result<std::unique_ptr<Instrument>> open(const InstrumentUri& uri, const OptionValues& options,
                                         const std::stop_token& stop) {
  JM_TRY_ASSIGN(const Settings settings, read_settings(options));
  const std::string place = uri.place;
  if (place.empty() || place == k_tcp) {
    return fail(
        ErrorCode::usage,
        "where? It is written like probe:/dev/ttyUSB0 or probe:tcp://127.0.0.1:5000; 'joulemark devices' "
        "lists serial ports");
  }
  Connect connect = [place, stop, baud = settings.baud] {
    return place.starts_with(k_tcp) ? serial::open_tcp(place.substr(k_tcp.size()), stop)
                                    : serial::open_port(place, baud);
  };
  std::vector<MetadataItem> given;
  for (const OptionValue& option : options.all())
    given.push_back({"instrument." + option.name, option.text});
  return ProbeInstrument::open(uri.text, std::move(connect), settings, std::move(given), system_timebase(),
                               stop);
}

DeviceListing listing_of(const serial::FoundPort& port, const Maker& maker) {
  DeviceListing listing;
  listing.uri = "probe:" + port.path;
  listing.description = fmt::format("serial port of {}: a probe, if it has the firmware", maker.what);
  if (port.permitted && !port.in_use) return listing;
  listing.usable = false;
  listing.reason = port.permitted ? "in use by another process" : "not permitted for this user";
  listing.advice = port.permitted
                       ? "end the other process that uses it (another recording, a terminal program)"
                       : "join the group dialout and log in again";
  return listing;
}

}  // namespace

std::vector<DeviceListing> list_ports(const std::filesystem::path& ttys) {
  std::vector<DeviceListing> listings;
  for (const Maker& maker : k_makers) {
    for (const serial::FoundPort& port : serial::find_ports(maker.vendor_id, ttys))
      listings.push_back(listing_of(port, maker));
  }
  return listings;
}

InstrumentFamily probe_family() {
  return {"probe",
          "The firmware probe: a microcontroller with an INA219 and marker lines",
          "probe:/dev/ttyUSB0",
          option_specs(),
          open,
          []() -> Result<std::vector<DeviceListing>> { return list_ports(); }};
}

}  // namespace joulemark::probe
