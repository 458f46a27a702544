// SPDX-License-Identifier: Apache-2.0
#include <drivers/probe/hello.h>

#include <fmt/format.h>

#include <algorithm>

namespace joulemark::probe {
namespace {

bool means_the_same(const jm_wire_channel& a, const jm_wire_channel& b) {
  return a.quantity == b.quantity && a.lsb_nv == b.lsb_nv && a.lowest_code == b.lowest_code &&
         a.highest_code == b.highest_code && a.conversion_ns == b.conversion_ns;
}

// It goes to terminals, files and pages.
std::string harmless(std::string name) {
  std::ranges::replace_if(
      name, [](char c) { return c < ' ' || c > '~'; }, '?');
  return name;
}

}  // namespace

std::string Hello::firmware() const {
  return fmt::format("{}.{}.{}", facts.firmware_major, facts.firmware_minor, facts.firmware_patch);
}

std::string Hello::reset_cause() const {
  switch (facts.reset_cause) {
    case JM_WIRE_RESET_POWER_ON:
      return "power on";
    case JM_WIRE_RESET_EXTERNAL:
      return "reset line";
    case JM_WIRE_RESET_BROWN_OUT:
      return "brown-out";
    case JM_WIRE_RESET_WATCHDOG:
      return "watchdog";
    default:
      return "unknown cause";
  }
}

std::optional<std::size_t> Hello::channel_of(jm_wire_quantity quantity) const {
  for (std::size_t i = 0; i < channels.size(); ++i) {
    if (channels[i].quantity == quantity) return i;
  }
  return std::nullopt;
}

Result<Hello> Hello::parse(std::span<const std::uint8_t> payload) {
  Hello hello;
  jm_wire_hello& facts = hello.facts;
  if (jm_wire_get_hello(payload.data(), payload.size(), &facts) == 0)
    return fail(ErrorCode::protocol, "the probe's HELLO makes no sense; write its firmware anew");
  if (facts.wire_major != JM_WIRE_MAJOR) {
    return fail(ErrorCode::protocol,
                fmt::format("the probe speaks version {}.{} of the wire format, this Joulemark {}.{}: write "
                            "the firmware that belongs to it",
                            facts.wire_major, facts.wire_minor, JM_WIRE_MAJOR, JM_WIRE_MINOR));
  }
  for (std::uint8_t i = 0; i < facts.channel_count; ++i)
    hello.channels.push_back(jm_wire_get_channel(&facts, i));
  for (std::uint8_t i = 0; i < facts.line_count; ++i)
    hello.lines.push_back(jm_wire_get_line(&facts, i));
  hello.board = harmless({facts.name, facts.name_size});
  facts.channels = facts.lines = nullptr;
  facts.name = nullptr;
  return hello;
}

bool means_the_same(const Hello& a, const Hello& b) {
  const auto same_channel = [](const jm_wire_channel& x, const jm_wire_channel& y) {
    return means_the_same(x, y);
  };
  return a.facts.tick_hz == b.facts.tick_hz && a.facts.sensor == b.facts.sensor &&
         a.facts.sensor_config == b.facts.sensor_config && a.facts.shunt_uohm == b.facts.shunt_uohm &&
         a.facts.watched == b.facts.watched && a.board == b.board &&
         std::ranges::equal(a.channels, b.channels, same_channel);
}

}  // namespace joulemark::probe
