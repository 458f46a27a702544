// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/units.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace joulemark {
namespace {

struct Prefix {
  std::string_view text;
  double factor;
};

// Two spellings of micro in Unicode, U+00B5 and U+03BC, besides the letter u.
constexpr std::array<Prefix, 10> k_prefixes{{{"p", 1e-12},
                                             {"n", 1e-9},
                                             {"u", 1e-6},
                                             {"\u00b5", 1e-6},
                                             {"\u03bc", 1e-6},
                                             {"m", 1e-3},
                                             {"", 1},
                                             {"k", 1e3},
                                             {"M", 1e6},
                                             {"G", 1e9}}};

constexpr std::string_view k_blanks = " \t\r\n";

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(k_blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(k_blanks) - first + 1);
}

struct Scaled {
  double factor;
  std::string_view prefix;
};

// The prefix that leaves 1 to 999 before the decimal point once rounded to the digits shown.
Scaled prefix_for(double value, int digits) {
  const double magnitude = std::abs(value);
  if (magnitude == 0 || !std::isfinite(magnitude)) return {1, ""};
  const double rounded_up = magnitude * (1 + 0.5 * std::pow(10.0, -digits));
  Scaled best{1e-12, "p"};
  for (const auto& [text, factor] : k_prefixes) {
    if (text.size() > 1) continue;
    if (rounded_up >= factor) best = {factor, text};
  }
  return best;
}

int decimals_for(double magnitude, int digits) {
  const int before_point = magnitude < 1 ? 1 : static_cast<int>(std::floor(std::log10(magnitude))) + 1;
  return std::max(0, digits - before_point);
}

}  // namespace

std::optional<double> parse_number(std::string_view text) {
  text = trim(text);
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

std::optional<double> unit_factor(std::string_view text, std::string_view unit) {
  text = trim(text);
  if (unit == "s" && text == "min") return 60;
  if (unit == "s" && text == "h") return 3600;
  if (unit.empty())
    return text.empty() ? std::optional(1.0) : text == "%" ? std::optional(0.01) : std::nullopt;
  if (!text.ends_with(unit)) return std::nullopt;
  text.remove_suffix(unit.size());
  for (const auto& [prefix, factor] : k_prefixes) {
    if (text == prefix) return factor;
  }
  return std::nullopt;
}

Result<double> parse_quantity(std::string_view text, std::string_view unit) {
  const std::string_view trimmed = trim(text);
  double value = 0;
  const char* const end = trimmed.data() + trimmed.size();
  const char* const begin = trimmed.starts_with('+') ? trimmed.data() + 1 : trimmed.data();
  const auto [rest, error] = std::from_chars(begin, end, value);
  const bool number = error == std::errc() && std::isfinite(value);
  const auto factor =
      number ? unit_factor(std::string_view(rest, static_cast<std::size_t>(end - rest)), unit) : std::nullopt;
  if (!factor) {
    const std::string example =
        unit.empty() ? "a number" : fmt::format("a number with its unit, like 10m{0} or 2.5{0}", unit);
    return fail(ErrorCode::usage, fmt::format("'{}' is not {}", trimmed, example));
  }
  return value * *factor;
}

Result<TimeNs> parse_time(std::string_view text) {
  JM_TRY_ASSIGN(const double seconds, parse_quantity(text, "s"));
  if (std::abs(seconds) > 9e9) return fail(ErrorCode::usage, fmt::format("'{}' is out of range", text));
  return from_seconds(seconds);
}

std::string format_count(std::int64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

std::string format_si(double value, std::string_view unit, int digits) {
  if (!std::isfinite(value)) return "unknown";
  if (value == 0) return fmt::format("0 {}", unit);
  const auto [factor, prefix] = prefix_for(value, digits);
  const double scaled = value / factor;
  return fmt::format("{:.{}f} {}{}", scaled, decimals_for(std::abs(scaled), digits), prefix, unit);
}

std::string format_bound(std::string_view within, double fraction) {
  constexpr double k_least_percent = 0.001;
  const double percent = 100 * fraction;
  if (percent < k_least_percent) return fmt::format("< {} %", k_least_percent);
  return percent < 10 ? fmt::format("{} {:.2g} %", within, percent)
                      : fmt::format("{} {:.0f} %", within, percent);
}

std::string format_with_uncertainty(double value, double half_width, std::string_view unit) {
  if (!std::isfinite(value)) return "unknown";
  if (!std::isfinite(half_width) || half_width <= 0) return format_si(value, unit);
  const auto [factor, prefix] = prefix_for(std::max(std::abs(value), half_width), 3);
  const double half = half_width / factor;
  const int decimals = std::clamp(1 - static_cast<int>(std::floor(std::log10(half))), 0, 9);
  return fmt::format("{:.{}f} +- {:.{}f} {}{}", value / factor, decimals, half, decimals, prefix, unit);
}

}  // namespace joulemark
