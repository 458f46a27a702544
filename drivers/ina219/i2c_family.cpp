// SPDX-License-Identifier: Apache-2.0
#include <drivers/ina219/i2c_family.h>
#include <drivers/ina219/i2c_instrument.h>
#include <drivers/ina219/survey.h>
#include <drivers/transport/gpio/gpiochip.h>
#include <drivers/transport/i2c/i2c_dev.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace joulemark::ina219 {
namespace {

using linux_system::Roots;

constexpr std::uint8_t k_first_address = 0x40;
constexpr std::uint8_t k_last_address = 0x4F;

constexpr std::string_view k_wiring_advice =
    "check VCC, GND, SDA and SCL, and the address pins A0 and A1; docs/ina219.md shows the wiring";

// The kernel's names: "SMBus I801 adapter at f040", "SMBus PIIX4 adapter port 0 at 0b00" and so on, but also
// "SMBus stub driver", which is made for trying out; "NVIDIA i2c adapter 1 at 1:00.0", "AMDGPU DM i2c hw bus
// 0", "i915 gmbus dpb", "AUX A/DDI A/PHY A", "DPDDC-A", "nvkm-0000:01:00.0-aux-0009", "DesignWare HDMI".
constexpr std::string_view k_main_board = "smbus ";
constexpr std::string_view k_stub = "smbus stub driver";
constexpr std::string_view k_display_channel = "aux ";
constexpr std::array<std::string_view, 11> k_display{"nvidia", "nvkm",  "amdgpu", "radeon", "i915", "gmbus",
                                                     "dpaux",  "dpmst", "ddc",    "hdmi",   "drm"};

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

constexpr const char* k_not_asked = "not asked, as it is the main board's or a display's";
constexpr std::string_view k_name_it = "if an INA219 is wired to it all the same, record from this URI";

struct FoundChip {
  std::uint8_t address = 0;
  std::optional<Error> trouble;  // with taking it
};

// What may be an INA219 there; only what answers or is the kernel's.
std::vector<FoundChip> chips_on(const std::string& path, const Roots& roots) {
  std::vector<FoundChip> chips;
  for (std::uint8_t address = k_first_address; address <= k_last_address; ++address) {
    const auto bus = i2c::open(path, address, roots);
    if (!bus) {
      chips.push_back({address, bus.error()});
    } else if (look_at(**bus)) {
      chips.push_back({address, std::nullopt});
    }
  }
  return chips;
}

std::string addresses_of(const std::vector<FoundChip>& chips) {
  std::string text;
  for (const FoundChip& chip : chips)
    text += fmt::format("{}0x{:02x}", text.empty() ? "" : ", ", chip.address);
  return text;
}

Error explain_absence(const std::string& path, std::uint8_t address, const Error& error) {
  const std::vector<FoundChip> chips = chips_on(path, {});
  std::string text = fmt::format("no INA219 at 0x{:02x}: {}", address, error.message);
  if (chips.empty())
    text += fmt::format("; none of 0x40 to 0x4f has one: {}", k_wiring_advice);
  else if (std::ranges::find(chips, address, &FoundChip::address) != chips.end())
    text += fmt::format("; asked again it answers, so it does not always: {}", k_wiring_advice);
  else
    text += fmt::format("; there is one at {} (--option addr=0x{:02x})", addresses_of(chips),
                        chips.front().address);
  return {error.code, text};
}

Result<std::unique_ptr<Instrument>> open(const InstrumentUri& uri, const OptionValues& options,
                                         const std::stop_token& stop) {
  JM_TRY_ASSIGN(const Settings settings, read_settings(options));
  if (uri.place.empty()) {
    return fail(ErrorCode::usage,
                "which adapter? It is written like i2c:/dev/i2c-1; 'joulemark devices' lists them");
  }
  JM_TRY_ASSIGN(auto bus, i2c::open(uri.place, settings.address));
  if (const auto chip = look_at(*bus); !chip) {
    bus.reset();
    return tl::make_unexpected(explain_absence(uri.place, settings.address, chip.error()));
  }
  std::unique_ptr<gpio::EdgeSource> edges;
  if (!settings.markers.empty()) {
    JM_TRY_ASSIGN(edges, gpio::open(settings.gpiochip, offsets_of(settings)));
  }
  return I2cInstrument::open(uri.text, std::move(bus), std::move(edges), settings, given(options),
                             system_timebase(), stop);
}

DeviceListing listing_of(const i2c::Adapter& adapter, const FoundChip& chip) {
  DeviceListing listing;
  listing.uri = fmt::format("i2c:{}?addr=0x{:02x}", adapter.path, chip.address);
  listing.description = fmt::format("INA219 on {}", adapter.name);
  if (!chip.trouble) return listing;
  listing.usable = false;
  const auto colon = chip.trouble->message.find(": ");
  listing.reason = chip.trouble->message.substr(0, colon);
  listing.advice = colon == std::string::npos ? "" : chip.trouble->message.substr(colon + 2);
  return listing;
}

DeviceListing unusable(const i2c::Adapter& adapter, const std::string& trouble, std::string_view advice) {
  const auto colon = trouble.find(": ");
  DeviceListing listing{"i2c:" + adapter.path, "I2C adapter " + adapter.name, false, trouble.substr(0, colon),
                        std::string(advice)};
  if (colon != std::string::npos && advice.empty()) listing.advice = trouble.substr(colon + 2);
  return listing;
}

}  // namespace

bool is_internal(std::string_view adapter) {
  const std::string name = lower_case(adapter);
  if (name.starts_with(k_main_board)) return !name.starts_with(k_stub);
  return name.starts_with(k_display_channel) || std::ranges::any_of(k_display, [&](std::string_view word) {
           return name.find(word) != std::string::npos;
         });
}

std::vector<DeviceListing> list_i2c(const Roots& roots) {
  std::vector<DeviceListing> listings;
  for (const i2c::Adapter& adapter : i2c::adapters(roots)) {
    if (is_internal(adapter.name)) {
      listings.push_back(unusable(adapter, k_not_asked, k_name_it));
      continue;
    }
    if (adapter.trouble) {
      listings.push_back(unusable(adapter, adapter.trouble->message, ""));
      continue;
    }
    const std::vector<FoundChip> chips = chips_on(adapter.path, roots);
    if (chips.empty())
      listings.push_back(unusable(adapter, "no INA219 answers at 0x40 to 0x4f", k_wiring_advice));
    for (const FoundChip& chip : chips)
      listings.push_back(listing_of(adapter, chip));
  }
  return listings;
}

InstrumentFamily i2c_family() {
  return {"i2c",
          "INA219 current sensors on an I2C bus",
          "i2c:/dev/i2c-1",
          i2c_option_specs(),
          open,
          []() -> Result<std::vector<DeviceListing>> { return list_i2c(); }};
}

}  // namespace joulemark::ina219
