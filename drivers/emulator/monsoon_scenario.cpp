// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/units.h>

#include <drivers/emulator/monsoon_scenario.h>
#include <drivers/sim/marker_lines.h>
#include <drivers/sim/supply_current.h>
#include <drivers/sim/truth.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

namespace joulemark::emulator {
namespace {

constexpr LineId k_marker{0};  // "inference" of the simulated targets

std::string finish_json(const sim::Truth& truth, const sim::Settings& settings, const std::string& scenario,
                        double sleep_power_w) {
  auto json = nlohmann::ordered_json::parse(sim::to_json(truth, settings));
  json["sleep_power_w"] = sleep_power_w;
  json["scenario"] = scenario;
  return json.dump(1) + "\n";
}

class KwsScenario final : public MonsoonScenario {
 public:
  KwsScenario(std::string text, std::uint64_t seed, double times) : text_(std::move(text)), times_(times) {
    settings_.target.seed = seed;
  }

  void begin(double slots_per_s) override {
    settings_.rate_hz = slots_per_s;
    next_ = 0;
    level_ = false;
    const sim::KwsTarget target(settings_.target);
    supply_current_.emplace(target, settings_.decoupling_s, slots_per_s);
    lines_.emplace(target, 1);
  }

  void next(std::span<double> mean_a, std::span<std::uint8_t> marker) override {
    supply_current_->average(next_, mean_a);
    for (double& current_a : mean_a)
      current_a *= times_;
    for (std::uint8_t& level : marker) {
      const double middle_s = (static_cast<double>(next_++) + 0.5) / settings_.rate_hz;
      while (const auto edge = lines_->next_before(from_seconds(middle_s)))
        level_ = edge->line == k_marker ? edge->level : level_;
      level = level_ ? 1 : 0;
    }
  }

  [[nodiscard]] std::string truth_json(TimeRange span, double voltage_v) const override {
    sim::Settings settings = settings_;
    settings.voltage_v = voltage_v;
    sim::Truth truth = sim::truth_over(settings, span, std::nullopt);
    truth.energy_j *= times_;
    truth.idle_energy_j *= times_;
    for (sim::TrueEvent& event : truth.events) {
      event.energy_j *= times_;
      event.energy_load_j *= times_;
    }
    return finish_json(truth, settings, text_, times_ * voltage_v * sim::k_sleep_current_a);
  }

 private:
  std::string text_;
  double times_;
  sim::Settings settings_;
  std::optional<sim::SupplyCurrent> supply_current_;
  std::optional<sim::MarkerLines> lines_;
  std::int64_t next_ = 0;
  bool level_ = false;
};

// Low for the first part of each period, high for the rest. share 0 is a constant current.
class SquareScenario final : public MonsoonScenario {
 public:
  struct Shape {
    double low_a = 0;
    double high_a = 0;
    double period_s = 1;
    double share = 0.5;
  };

  SquareScenario(std::string text, const Shape& shape) : text_(std::move(text)), shape_(shape) {}

  void begin(double slots_per_s) override {
    rate_hz_ = slots_per_s;
    next_ = 0;
  }

  void next(std::span<double> mean_a, std::span<std::uint8_t> marker) override {
    const double slot_s = 1 / rate_hz_;
    for (std::size_t i = 0; i < mean_a.size(); ++i, ++next_) {
      const double begin_s = static_cast<double>(next_) * slot_s;
      const double high_s = high_time_s(begin_s + slot_s) - high_time_s(begin_s);
      mean_a[i] = shape_.low_a + (shape_.high_a - shape_.low_a) * high_s / slot_s;
      const double phase = (begin_s + slot_s / 2) / shape_.period_s;
      marker[i] = phase - std::floor(phase) >= 1 - shape_.share ? 1 : 0;
    }
  }

  [[nodiscard]] std::string truth_json(TimeRange span, double voltage_v) const override {
    sim::Truth truth;
    truth.span = span;
    const double high_s = high_time_s(span.seconds());
    truth.idle_time_s = span.seconds() - high_s;
    truth.idle_energy_j = voltage_v * shape_.low_a * truth.idle_time_s;
    truth.energy_j = truth.idle_energy_j + voltage_v * shape_.high_a * high_s;
    const double length_s = shape_.period_s * shape_.share;
    const double energy_j = voltage_v * shape_.high_a * length_s;
    for (double end_s = shape_.period_s; length_s > 0 && from_seconds(end_s) <= span.end_ns;
         end_s = shape_.period_s * (static_cast<double>(truth.events.size()) + 1)) {
      const TimeRange time{from_seconds(end_s - length_s), from_seconds(end_s)};
      truth.events.push_back({sim::Activity::inference, time, energy_j, energy_j});
    }
    sim::Settings settings;
    settings.rate_hz = rate_hz_;
    settings.voltage_v = voltage_v;
    settings.decoupling_s = 0;
    return finish_json(truth, settings, text_, voltage_v * shape_.low_a);
  }

 private:
  // How long it has been high until then.
  [[nodiscard]] double high_time_s(double time_s) const {
    const double periods = std::floor(time_s / shape_.period_s);
    const double within_s = time_s - periods * shape_.period_s;
    const double length_s = shape_.period_s * shape_.share;
    return periods * length_s + std::max(0.0, within_s - (shape_.period_s - length_s));
  }

  std::string text_;
  Shape shape_;
  double rate_hz_ = 0;
  std::int64_t next_ = 0;
};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

Result<double> bounded(std::string_view text, std::string_view unit, double low, double high) {
  JM_TRY_ASSIGN(const double value, parse_quantity(text, unit));
  if (value >= low && value <= high) return value;
  return fail(ErrorCode::usage, fmt::format("'{}' is not between {} and {}", text, format_si(low, unit, 3),
                                            format_si(high, unit, 3)));
}

Result<std::unique_ptr<MonsoonScenario>> make_kws(const std::string& text, std::string_view times_text,
                                                  std::uint64_t seed) {
  if (times_text.empty()) return std::make_unique<KwsScenario>(text, seed, 1);
  const auto times = parse_number(times_text.substr(0, times_text.size() - 1));
  if (times_text.back() != 'x' || !times || !(*times > 0 && *times <= 100))
    return fail(ErrorCode::usage, "a number of times from 0 to 100 is written like kws:10x");
  return std::make_unique<KwsScenario>(text, seed, *times);
}

Result<std::unique_ptr<MonsoonScenario>> make_square(const std::string& text, std::string_view shape_text) {
  const auto parts = split(shape_text, ',');
  if (parts.size() < 3 || parts.size() > 4)
    return fail(ErrorCode::usage, "it is written like square:1mA,500mA,100ms or square:1mA,500mA,100ms,25%");
  SquareScenario::Shape shape;
  JM_TRY_ASSIGN(shape.low_a, bounded(parts[0], "A", 0, 8));
  JM_TRY_ASSIGN(shape.high_a, bounded(parts[1], "A", 0, 8));
  JM_TRY_ASSIGN(shape.period_s, bounded(parts[2], "s", 1e-3, 1e3));
  if (parts.size() == 4) {
    JM_TRY_ASSIGN(shape.share, bounded(parts[3], "", 0, 1));
  }
  return std::make_unique<SquareScenario>(text, shape);
}

Result<std::unique_ptr<MonsoonScenario>> make(const std::string& text, std::uint64_t seed) {
  const auto colon = text.find(':');
  const std::string kind = text.substr(0, colon);
  const std::string rest = colon == std::string::npos ? "" : text.substr(colon + 1);
  if (kind == "kws") return make_kws(text, rest, seed);
  if (kind == "square") return make_square(text, rest);
  if (kind == "constant") {
    JM_TRY_ASSIGN(const double current_a, bounded(rest, "A", 0, 8));
    return std::make_unique<SquareScenario>(text, SquareScenario::Shape{current_a, current_a, 1, 0});
  }
  return fail(ErrorCode::usage, "known are kws, constant:CURRENT and square:LOW,HIGH,PERIOD[,SHARE]");
}

}  // namespace

Result<std::unique_ptr<MonsoonScenario>> make_monsoon_scenario(std::string_view text, std::uint64_t seed) {
  auto scenario = make(std::string(text), seed);
  if (!scenario) return fail_at(fmt::format("scenario '{}'", text), scenario.error());
  return scenario;
}

}  // namespace joulemark::emulator
