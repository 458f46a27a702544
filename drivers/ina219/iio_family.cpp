// SPDX-License-Identifier: Apache-2.0
#include <drivers/ina219/iio_family.h>
#include <drivers/ina219/iio_instrument.h>
#include <drivers/transport/gpio/gpiochip.h>
#include <drivers/transport/iio/device.h>

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace joulemark::ina219 {
namespace {

using linux_system::Folder;
using linux_system::Roots;

constexpr std::array<std::string_view, 2> k_chips{"ina219", "ina220"};

constexpr std::string_view k_driver_advice =
    "sudo modprobe ina2xx-adc, and tell the kernel of the chip: echo ina219 0x40 | sudo tee "
    "/sys/bus/i2c/devices/i2c-1/new_device (or record it from i2c:, which needs no such driver)";
constexpr std::string_view k_permission_advice =
    "install the udev rule once: sudo install -m 644 drivers/ina219/70-joulemark-ina219.rules "
    "/etc/udev/rules.d/ && sudo udevadm control --reload && sudo udevadm trigger";

std::vector<std::string> chips(const Roots& roots) {
  std::vector<std::string> ids;
  for (const std::string_view name : k_chips) {
    const std::vector<std::string> more = iio::devices_named(name, roots);
    ids.insert(ids.end(), more.begin(), more.end());
  }
  return ids;
}

bool permitted(const std::string& id, const Roots& roots) {
  return ::access((roots.dev / id).c_str(), R_OK) == 0 &&
         ::access((roots.sys / "bus/iio/devices" / id / "buffer/enable").c_str(), W_OK) == 0;
}

// "1-0040": an INA219 that the kernel knows, with the driver it has, if any.
struct KnownChip {
  std::string where;
  std::string name;
  std::optional<std::string> driver;
};

std::vector<KnownChip> known_chips(const Roots& roots) {
  std::vector<KnownChip> known;
  const Folder all(roots.sys / "bus/i2c/devices");
  for (const std::string& where : all.names("")) {
    const Folder device(all.path() / where);
    const std::string name = device.read("name").value_or("");
    if (std::ranges::find(k_chips, name) != k_chips.end())
      known.push_back({where, name, device.link("driver")});
  }
  return known;
}

std::string explain(const KnownChip& chip) {
  if (chip.driver)
    return fmt::format("the kernel's driver '{}' has the {} at {}: it gives no samples to iio:", *chip.driver,
                       chip.name, chip.where);
  return fmt::format("the kernel knows of an {} at {} but has no driver for it loaded", chip.name,
                     chip.where);
}

std::string advice_for(const KnownChip& chip) {
  if (!chip.driver) return "sudo modprobe ina2xx-adc";
  return fmt::format(
      "echo {} | sudo tee /sys/bus/i2c/drivers/{}/unbind; then sudo modprobe ina2xx-adc && echo {} | "
      "sudo tee /sys/bus/i2c/drivers/ina2xx-adc/bind",
      chip.where, *chip.driver, chip.where);
}

bool is_taken(const KnownChip& chip) {
  return chip.driver == "ina2xx-adc";
}

Error with_advice(Error error, bool is_permitted) {
  if (error.code != ErrorCode::busy) return error;
  error.message +=
      fmt::format("; {}", is_permitted ? "end the other process that reads it" : k_permission_advice);
  return error;
}

Result<std::unique_ptr<Instrument>> open(const InstrumentUri& uri, const OptionValues& options,
                                         const std::stop_token& stop) {
  JM_TRY_ASSIGN(const Settings settings, read_settings(options));
  JM_TRY_ASSIGN(const std::string id, find_iio(uri.place));
  std::unique_ptr<gpio::EdgeSource> edges;
  if (!settings.markers.empty()) {
    JM_TRY_ASSIGN(edges, gpio::open(settings.gpiochip, offsets_of(settings)));
  }
  auto instrument = IioInstrument::open(uri.text, std::make_unique<iio::Device>(id), std::move(edges),
                                        settings, given(options), system_timebase(), stop);
  if (!instrument) return tl::make_unexpected(with_advice(instrument.error(), permitted(id, {})));
  return instrument;
}

}  // namespace

Result<std::string> find_iio(const std::string& place, const Roots& roots) {
  const std::vector<std::string> ids = chips(roots);
  const bool any = place.empty() || std::ranges::find(k_chips, place) != k_chips.end();
  const auto named =
      std::ranges::find_if(ids, [&](const std::string& id) { return id == place || id == "iio:" + place; });
  if (!any && named != ids.end()) return *named;
  if (any && ids.size() == 1) return ids.front();
  if (any && ids.size() > 1) {
    std::string names;
    for (const std::string& id : ids)
      names += (names.empty() ? "" : ", ") + id;
    return fail(ErrorCode::usage, fmt::format("there are {} of them: {}; say which", ids.size(), names));
  }
  for (const KnownChip& chip : known_chips(roots)) {
    if (!is_taken(chip)) return fail(ErrorCode::no_instrument, explain(chip) + "; " + advice_for(chip));
  }
  return fail(ErrorCode::no_instrument, fmt::format("the kernel has no INA219 as IIO device{}: {}",
                                                    any ? "" : " '" + place + "'", k_driver_advice));
}

std::vector<DeviceListing> list_iio(const Roots& roots) {
  std::vector<DeviceListing> listings;
  const std::vector<std::string> ids = chips(roots);
  for (const std::string& id : ids) {
    const std::string uri = ids.size() == 1 ? "iio:ina219" : id;
    DeviceListing listing{uri, fmt::format("INA219 by the kernel's driver ({})", id), true, "", ""};
    if (!permitted(id, roots)) {
      listing.usable = false;
      listing.reason = "not permitted for this user";
      listing.advice = k_permission_advice;
    }
    listings.push_back(listing);
  }
  for (const KnownChip& chip : known_chips(roots)) {
    if (!is_taken(chip))
      listings.push_back(
          {"iio:" + chip.name, "INA219 at " + chip.where, false, explain(chip), advice_for(chip)});
  }
  return listings;
}

InstrumentFamily iio_family() {
  return {"iio",        "INA219 current sensors by the kernel's IIO driver",
          "iio:ina219", iio_option_specs(),
          open,         []() -> Result<std::vector<DeviceListing>> { return list_iio(); }};
}

}  // namespace joulemark::ina219
