// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/ticks.h>
#include <app/models/text.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace joulemark {
namespace {

constexpr double k_few_decades = 3.01;  // that values between them part

double nice_step(double span, int most) {
  const double raw = span / std::max(most, 1);
  const double decade = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (decade * factor >= raw * (1 - 1e-9)) return decade * factor;
  }
  return decade * 10;
}

struct Prefix {
  double factor;
  const char* text;
};

constexpr std::array<Prefix, 7> k_prefixes{
    {{1e6, "M"}, {1e3, "k"}, {1, ""}, {1e-3, "m"}, {1e-6, "\u00b5"}, {1e-9, "n"}, {1e-12, "p"}}};

Prefix prefix_of(double magnitude) {
  for (const Prefix& prefix : k_prefixes) {
    if (magnitude >= prefix.factor * 0.999999) return prefix;
  }
  return k_prefixes.back();
}

QString number(double value, int decimals) {
  QString text = QString::number(std::abs(value) < 1e-12 ? 0.0 : value, 'f', decimals);
  return text.replace(QLatin1Char('-'), QChar(0x2212));
}

// Limits may be powers of ten but for rounding.
std::vector<Tick> parted_decade_ticks(double low, double high, std::string_view unit) {
  std::vector<Tick> ticks;
  for (int decade = static_cast<int>(std::floor(std::log10(low)));
       std::pow(10.0, decade) <= high * (1 + 1e-9); ++decade) {
    for (const int factor : {1, 2, 5}) {
      const double at = factor * std::pow(10.0, decade);
      if (at >= low * (1 - 1e-9) && at <= high * (1 + 1e-9))
        ticks.push_back({at, si_text(at, unit, 1), factor != 1});
    }
  }
  return ticks;
}

}  // namespace

LinearTicks linear_ticks(double low, double high, int most, std::string_view unit) {
  LinearTicks result;
  if (!(high > low) || !std::isfinite(high - low)) return result;
  result.step = nice_step(high - low, most);
  const Prefix prefix = prefix_of(std::max(std::abs(low), std::abs(high)));
  result.unit = QString::fromUtf8(prefix.text) + to_qt(unit);
  const double step = result.step / prefix.factor;
  const int decimals = std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 9);
  const double first = std::ceil(low / result.step - 1e-9);
  const int count = static_cast<int>(std::floor(high / result.step + 1e-9) - first) + 1;
  for (int i = 0; i < count; ++i)
    result.ticks.push_back({(first + i) * result.step, number((first + i) * step, decimals)});
  return result;
}

std::vector<Tick> decade_ticks(double low, double high, int every, std::string_view unit) {
  std::vector<Tick> ticks;
  if (!(low > 0) || !(high >= low) || !std::isfinite(high)) return ticks;
  const int first = static_cast<int>(std::ceil(std::log10(low) / every - 1e-9));
  const int last = static_cast<int>(std::floor(std::log10(high) / every + 1e-9));
  for (int i = first; i <= last; ++i) {
    const double at = std::pow(10.0, i * every);
    ticks.push_back({at, si_text(at, unit, 1)});
  }
  return ticks;
}

std::vector<Tick> decade_ticks_within(double low, double high, double pixels, double text_height,
                                      std::string_view unit) {
  constexpr double k_apart = 1.2;  // in heights of the texts
  const double decades = std::log10(high / low);
  const double decade_px = pixels / decades;
  if (decades < k_few_decades && decade_px * std::log10(2) > text_height)
    return parted_decade_ticks(low, high, unit);
  int every = 1;
  for (const int apart : {2, 3, 6, 12}) {
    if (decade_px * every < k_apart * text_height) every = apart;
  }
  return decade_ticks(low, high, every, unit);
}

TimeTicks time_ticks(TimeRange range, int most) {
  TimeTicks result;
  const double step = std::max(1.0, nice_step(static_cast<double>(range.length_ns()), most));
  result.step_ns = static_cast<TimeNs>(step);
  TimeNs at = (range.begin_ns / result.step_ns) * result.step_ns;
  if (at < range.begin_ns) at += result.step_ns;
  const TimeNs furthest = std::max(std::abs(range.begin_ns), std::abs(range.end_ns));
  for (; at <= range.end_ns; at += result.step_ns) {
    // All in the unit of the furthest one.
    QString text = time_text(at == 0 ? 0 : at, result.step_ns);
    if (furthest >= 1'000'000'000) {
      const int decimals = std::clamp(static_cast<int>(std::ceil(9 - std::log10(step) - 1e-9)), 0, 9);
      text = number(to_seconds(at), decimals) + QChar(0x00a0) + QLatin1Char('s');
    }
    result.ticks.push_back({static_cast<double>(at), text});
  }
  return result;
}

TimeTicks time_ticks_within(TimeRange range, double width) {
  constexpr double k_close_px = 90;
  constexpr double k_apart_px = 120;
  constexpr int k_short_text = 8;
  const auto within = [&](double px) { return time_ticks(range, std::max(2, static_cast<int>(width / px))); };
  TimeTicks close = within(k_close_px);
  const bool fits =
      std::ranges::all_of(close.ticks, [](const Tick& t) { return t.text.size() <= k_short_text; });
  return fits ? close : within(k_apart_px);
}

}  // namespace joulemark
