// SPDX-License-Identifier: GPL-3.0-or-later
#include <analysis/model/units.h>

#include <drivers/emulator/twin/faults.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

namespace joulemark::twin {

namespace {

struct Form {
  std::string_view name;
  FaultKind kind;
  bool counts;
  bool lasts;
};
constexpr std::array<Form, 8> k_forms{{{"lose", FaultKind::lose, true, false},
                                       {"flip", FaultKind::flip, true, false},
                                       {"insert", FaultKind::insert, true, false},
                                       {"nack", FaultKind::nack, false, true},
                                       {"stall", FaultKind::stall, false, true},
                                       {"gone", FaultKind::gone, false, true},
                                       {"overload", FaultKind::overload, false, true},
                                       {"reset", FaultKind::reset, false, false}}};

// "lose:3@2s" -> "lose", "3", "2s", ""
struct Parts {
  std::string_view name, count, time, length;
};

std::string_view cut(std::string_view& text, char separator) {
  const auto at = text.find(separator);
  if (at == std::string_view::npos) return {};
  const auto rest = text.substr(at + 1);
  text = text.substr(0, at);
  return rest;
}

Parts split(std::string_view text) {
  Parts parts;
  parts.time = cut(text, '@');
  parts.length = cut(parts.time, '+');
  parts.count = cut(text, ':');
  parts.name = text;
  return parts;
}

Result<std::int64_t> parse_count(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count < 1)
    return fail(ErrorCode::usage, fmt::format("'{}' is not a number of bytes", text));
  return count;
}

Result<Fault> parse_fault(const std::string& text) {
  const Parts parts = split(text);
  const auto form = std::ranges::find(k_forms, parts.name, &Form::name);
  if (form == k_forms.end() || form->counts == parts.count.empty() || form->lasts == parts.length.empty()) {
    return fail(ErrorCode::usage,
                "it is written lose:N@TIME, flip:N@TIME, insert:N@TIME, nack@TIME+LENGTH, stall@TIME+LENGTH, "
                "gone@TIME+LENGTH, overload@TIME+LENGTH or reset@TIME");
  }
  Fault fault;
  fault.kind = form->kind;
  JM_TRY_ASSIGN(fault.time_ns, parse_time(parts.time));
  if (form->counts) {
    JM_TRY_ASSIGN(fault.count, parse_count(parts.count));
  }
  if (form->lasts) {
    JM_TRY_ASSIGN(fault.length_ns, parse_time(parts.length));
  }
  return fault;
}

}  // namespace

Result<std::vector<Fault>> parse_faults(std::span<const std::string> texts) {
  std::vector<Fault> faults;
  for (const std::string& text : texts) {
    const auto fault = parse_fault(text);
    if (!fault) return fail_at("--fault " + text, fault.error());
    faults.push_back(*fault);
  }
  return faults;
}

}  // namespace joulemark::twin
