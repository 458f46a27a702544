// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/units.h>

#include <drivers/ina219/chip/chip_options.h>
#include <drivers/ina219/chip/registers.h>

#include <fmt/format.h>

#include <charconv>

namespace joulemark::ina219 {

Result<std::uint8_t> read_address(const std::string& text) {
  const bool hexadecimal = text.starts_with("0x");
  const char* begin = text.data() + (hexadecimal ? 2 : 0);
  unsigned address = 0;
  const auto [rest, error] =
      std::from_chars(begin, text.data() + text.size(), address, hexadecimal ? 16 : 10);
  const bool whole = error == std::errc() && rest == text.data() + text.size();
  if (whole && address >= 0x40 && address <= 0x4F) return static_cast<std::uint8_t>(address);
  return fail(ErrorCode::usage,
              fmt::format("option 'addr' is 0x40 to 0x4f (0x40 with A0 and A1 at GND), not '{}'", text));
}

Status check_current(const std::optional<double>& max_current_a, double shunt_ohm) {
  if (!max_current_a || range_for(*max_current_a * shunt_ohm)) return {};
  return fail(
      ErrorCode::usage,
      fmt::format("option 'max_current': an INA219 measures up to 0.32 V across the shunt, which is {} "
                  "with {}; a smaller shunt measures more",
                  format_si(0.32 / shunt_ohm, "A", 3), format_si(shunt_ohm, "ohm", 3)));
}

}  // namespace joulemark::ina219
