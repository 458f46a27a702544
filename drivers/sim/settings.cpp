// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/units.h>

#include <drivers/sim/settings.h>

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace joulemark::sim {
namespace {

// Reads the options one after the other; the first Error stays.
class Reader {
 public:
  explicit Reader(const OptionValues& options) : options_(options) {}

  void quantity(std::string_view name, std::string_view unit, double low, double high, double& into) {
    const auto value = options_.quantity(name, unit);
    if (!value) return refuse(value.error().message);
    if (!*value) return;
    if (**value < low || **value > high) {
      return refuse(fmt::format("option '{}': {} is not between {} and {}", name, options_.text_or(name, ""),
                                format_si(low, unit, 3), format_si(high, unit, 3)));
    }
    into = **value;
  }

  // True for yes, false for no; untouched when not given.
  void choice(std::string_view name, std::string_view yes, std::string_view no, bool& into) {
    const OptionValue* option = options_.find(name);
    if (option == nullptr) return;
    if (option->text != yes && option->text != no) {
      return refuse(fmt::format("option '{}' is '{}' or '{}', not '{}'", name, yes, no, option->text));
    }
    into = option->text == yes;
  }

  void whole(std::string_view name, std::string_view text, std::uint64_t low, std::uint64_t high,
             std::uint64_t& into) {
    std::uint64_t value = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || rest != text.data() + text.size() || value < low || value > high) {
      return refuse(
          fmt::format("option '{}': '{}' is not a whole number from {} to {}", name, text, low, high));
    }
    into = value;
  }

  void refuse(std::string message) {
    if (status_) status_ = fail(ErrorCode::usage, std::move(message));
  }

  [[nodiscard]] const Status& status() const { return status_; }

 private:
  const OptionValues& options_;
  Status status_;
};

void read_gap(const OptionValue& option, Reader& reader, std::optional<SampleGap>& into) {
  const auto time_s = parse_quantity(option.value(), "s");
  if (!time_s) return reader.refuse("option 'gap': " + time_s.error().message);
  if (*time_s < 0 || *time_s > 1e9) return reader.refuse("option 'gap': the time must be 0 s or later");
  if (option.params.size() != 1 || option.params[0].first != "samples") {
    return reader.refuse("option 'gap' is written TIME,samples=N, like 2s,samples=500");
  }
  std::uint64_t samples = 0;
  reader.whole("gap", option.params[0].second, 1, 1'000'000'000, samples);
  into = SampleGap{*time_s, static_cast<std::int64_t>(samples)};
}

}  // namespace

std::vector<OptionSpec> option_specs() {
  const auto scalar = OptionKind::scalar;
  return {
      {"rate", scalar, "Hz", "1kHz to 2MHz", "100kHz", "Samples per second."},
      {"pace", scalar, "", "real|max", "real", "As time goes by, or as fast as possible."},
      {"seed", scalar, "", "0 to 2^64-1", "1", "The same seed gives the same recording."},
      {"wake_rate", scalar, "Hz", "0.01Hz to 100Hz", "6Hz", "Wakes per second of sleep."},
      {"spacing", scalar, "s", "0s to 100ms", "0s", "Sleep between the activities of one wake."},
      {"voltage", scalar, "V", "0.5V to 20V", "3V", "The supply set-point."},
      {"voltage_channel", scalar, "", "on|off", "off", "Measure the voltage too, instead of stating it."},
      {"decoupling", scalar, "s", "0s to 10ms", "20us", "Time constant of the target's capacitors."},
      {"edge_resolution", scalar, "s", "1ns to 1ms", "1ns", "Steps in which marker edges are seen."},
      {"noise", scalar, "", "0 to 1000", "1", "Times the usual 0.2 uA (range to 1 mA) and 4 uA (to 100 mA)."},
      {"quantization", scalar, "", "on|off", "on", "Steps of 50 nA (range to 1 mA) and 2 uA (to 100 mA)."},
      {"clip", scalar, "A", "1mA to 100mA", "", "A fault: the instrument cannot measure more than this."},
      {"gap", OptionKind::value_and_params, "s", "TIME,samples=N", "",
       "A fault: N samples are lost at TIME."},
      {"truth", scalar, "", "FILE.json", "", "Where to write the exact energies."},
  };
}

Result<Settings> read_settings(const OptionValues& options) {
  Settings settings;
  Reader reader(options);
  reader.quantity("rate", "Hz", 1e3, 2e6, settings.rate_hz);
  bool real_time = true;
  reader.choice("pace", "real", "max", real_time);
  settings.pace = real_time ? Pace::real_time : Pace::maximum;
  if (const OptionValue* seed = options.find("seed"))
    reader.whole("seed", seed->text, 0, std::numeric_limits<std::uint64_t>::max(), settings.target.seed);
  reader.quantity("wake_rate", "Hz", 0.01, 100, settings.target.wake_rate_hz);
  reader.quantity("spacing", "s", 0, 100e-3, settings.target.spacing_s);
  reader.quantity("voltage", "V", 0.5, 20, settings.voltage_v);
  reader.choice("voltage_channel", "on", "off", settings.voltage_channel);
  reader.quantity("decoupling", "s", 0, 10e-3, settings.decoupling_s);
  double edge_resolution_s = 1e-9;
  reader.quantity("edge_resolution", "s", 1e-9, 1e-3, edge_resolution_s);
  settings.edge_resolution_ns = static_cast<std::uint32_t>(std::lround(edge_resolution_s * 1e9));
  reader.quantity("noise", "", 0, 1000, settings.noise);
  reader.choice("quantization", "on", "off", settings.quantization);
  reader.quantity("clip", "A", 1e-3, 100e-3, settings.clip_a);
  if (const OptionValue* gap = options.find("gap")) read_gap(*gap, reader, settings.gap);
  settings.truth_file = options.text_or("truth", "");
  JM_TRY(reader.status());
  return settings;
}

}  // namespace joulemark::sim
