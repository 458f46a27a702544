// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/units.h>

#include <drivers/ina219/chip/chip_options.h>
#include <drivers/ina219/chip/conversion_clock.h>
#include <drivers/ina219/iio_instrument.h>
#include <drivers/ina219/survey.h>
#include <drivers/instrument/go_on.h>
#include <drivers/instrument/patience.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace joulemark::ina219 {
namespace {

constexpr std::size_t k_queue = 4096;  // records, in the kernel
constexpr std::size_t k_readings = 1 << 14;
constexpr std::size_t k_records_at_once = 256;
constexpr std::size_t k_most_record_size = 64;
constexpr std::chrono::milliseconds k_wait{20};
constexpr TimeNs k_stalled_after_ns = 2'000'000'000;
constexpr double k_measure_s = 0.4;
constexpr int k_fewest_records = 12;
constexpr const char* k_left_on =
    "the kernel's driver gives no more records, as after a transfer that failed; its buffer is left on, "
    "since "
    "Linux 6.1 crashes when it is switched off then. The sensor is free again after a restart of the "
    "computer";
constexpr double k_keeps_up = 1.35;  // times the typical period is what records may be apart in the middle

// Reads records and hands them over; on its own thread.
class RecordPump {
 public:
  // latest_ns: so long after a conversion's end its record may be stamped.
  RecordPump(iio::RecordSource& source, const RecordReader& reader, TimeNs latest_ns, Ring<Reading>& ring)
      : source_(source), reader_(reader), latest_ns_(latest_ns), ring_(ring) {}

  // False: the device has gone.
  bool turn() {
    const std::size_t size = reader_.record_size();
    const int bytes = source_.read(std::span(buffer_).first(size * k_records_at_once), k_wait);
    if (bytes < 0) return false;
    const auto records = std::span<const std::byte>(buffer_).first(static_cast<std::size_t>(bytes));
    for (std::size_t at = 0; at + size <= records.size(); at += size) {
      Reading reading = reader_.read(records.subspan(at, size));
      reading.after_ns -= latest_ns_;
      ring_.push(reading);
    }
    return true;
  }

 private:
  iio::RecordSource& source_;
  const RecordReader& reader_;
  TimeNs latest_ns_;
  Ring<Reading>& ring_;
  std::array<std::byte, k_most_record_size * k_records_at_once> buffer_{};
};

std::vector<ConversionBounds> bounds_of(std::span<const TimeNs> stamps_ns) {
  std::vector<ConversionBounds> bounds;
  for (const TimeNs stamp_ns : stamps_ns)
    bounds.push_back({stamp_ns, stamp_ns, stamp_ns});
  return bounds;
}

double median_step_s(std::span<const TimeNs> stamps_ns) {
  std::vector<TimeNs> steps_ns;
  for (std::size_t i = 1; i < stamps_ns.size(); ++i)
    steps_ns.push_back(stamps_ns[i] - stamps_ns[i - 1]);
  const auto middle = steps_ns.begin() + static_cast<std::ptrdiff_t>(steps_ns.size() / 2);
  std::nth_element(steps_ns.begin(), middle, steps_ns.end());
  return to_seconds(*middle);
}

Timing typical_timing(const AdcSetting& adc, bool voltage_stated) {
  Timing timing;
  timing.both = true;
  timing.shunt_s = {adc.typical_s, Provenance::specified};
  timing.bus_s = voltage_stated ? k_adc_settings.front().typical_s : adc.typical_s;
  timing.typical_period_s = timing.period_s();
  return timing;
}

void fit(Timing& timing, std::span<const TimeNs> stamps_ns) {
  const double typical_ns = timing.typical_period_s * k_ns_per_s;
  const auto period_ns =
      estimate_period_ns(bounds_of(stamps_ns), k_shortest * typical_ns, k_longest * typical_ns);
  if (!period_ns) return;
  const double scale = *period_ns / typical_ns;
  timing.shunt_s = {timing.shunt_s.value * scale, Provenance::measured};
  timing.bus_s *= scale;
}

}  // namespace

Result<std::unique_ptr<Instrument>> IioInstrument::open(const std::string& uri,
                                                        std::unique_ptr<iio::Device> device,
                                                        std::unique_ptr<gpio::EdgeSource> edges,
                                                        const Settings& settings,
                                                        std::vector<MetadataItem> options, Timebase& timebase,
                                                        const std::stop_token& stop) {
  auto instrument = std::make_unique<IioInstrument>(std::move(device), std::move(edges), settings,
                                                    std::move(options), timebase);
  JM_TRY(instrument->look(uri, stop));
  return std::unique_ptr<Instrument>(std::move(instrument));
}

IioInstrument::IioInstrument(std::unique_ptr<iio::Device> device, std::unique_ptr<gpio::EdgeSource> edges,
                             Settings settings, std::vector<MetadataItem> options, Timebase& timebase)
    : device_(std::move(device)),
      edges_(std::move(edges)),
      settings_(std::move(settings)),
      options_(std::move(options)),
      timebase_(timebase) {}

Status IioInstrument::look(const std::string& uri, const std::stop_token& stop) {
  JM_TRY_ASSIGN(const bool was_on, switch_off_left_on(*device_));
  if (was_on) {
    doubts_.emplace_back(
        "the kernel's buffer was still on, left so by an earlier process; it was switched off first");
  }
  const auto text = device_->attributes().read("in_shunt_resistor");
  shunt_ = choose_shunt(settings_, text ? parse_shunt(*text) : std::nullopt);
  JM_TRY(check_current(settings_.max_current_a, shunt_.ohm));
  JM_TRY_ASSIGN(layout_, device_->select(scan_elements()));
  JM_TRY_ASSIGN(reader_, RecordReader::for_layout(*layout_));
  setup_.shunt_ohm = shunt_.ohm;
  setup_.voltage_v = settings_.voltage_v;
  JM_TRY(choose_adc(stop));
  const std::string name = device_->attributes().read("name").value_or("ina219");
  info_.instrument = {
      uri, "Texas Instruments", name,
      "",  "Linux ina2xx-adc",  fmt::format("shunt {} ({})", format_si(shunt_.ohm, "ohm", 4), shunt_.basis)};
  info_.channels = channels_for(setup_);
  info_.supply = supply_for(setup_);
  info_.lines = lines_for(settings_);
  return {};
}

// With adc=auto, 12 bits; where the driver cannot read those in time, the least averaging that it can.
Status IioInstrument::choose_adc(const std::stop_token& stop) {
  const AdcSetting& adc = settings_.adc != nullptr ? *settings_.adc : *adc_setting("12bit");
  JM_TRY_ASSIGN(const double step_s, try_adc(adc, stop));
  const double typical_s = setup_.timing.typical_period_s;
  if (step_s <= k_keeps_up * typical_s) return {};
  const std::string slow =
      fmt::format("the kernel's driver needs {} for a record of conversions that take {}",
                  format_si(step_s, "s", 3), format_si(typical_s, "s", 3));
  if (settings_.adc != nullptr) {
    doubts_.push_back(slow + ": many are missed; adc=auto averages instead");
    return {};
  }
  const AdcSetting& slower = fastest_adc(step_s * adc.typical_s / typical_s);
  doubts_.push_back(fmt::format("{}, so each averages {}", slow, slower.name));
  return try_adc(slower, stop).map([](double) {});
}

// From one record to the next, in s.
Result<double> IioInstrument::try_adc(const AdcSetting& adc, const std::stop_token& stop) {
  JM_TRY_ASSIGN(setup_.configuration, configure(*device_, settings_, adc, shunt_.ohm));
  setup_.timing = typical_timing(adc, settings_.voltage_v.has_value());
  const double length_s = std::max(k_measure_s, k_fewest_records * setup_.timing.typical_period_s);
  JM_TRY_ASSIGN(const auto stamps_ns, sample_stamps(length_s, stop));
  if (stamps_ns.size() < 3) {
    return fail(ErrorCode::protocol,
                "the kernel's driver gives no records: one transfer that fails ends its reading; check the "
                "wiring and try again");
  }
  fit(setup_.timing, stamps_ns);
  return median_step_s(stamps_ns);
}

Result<std::vector<TimeNs>> IioInstrument::sample_stamps(double seconds, const std::stop_token& stop) {
  std::vector<std::byte> buffer(layout_->record_size() * k_records_at_once);
  std::vector<TimeNs> stamps_ns;
  JM_TRY_ASSIGN(const auto source, device_->start(*layout_, k_queue));
  for (const TimeNs end_ns = timebase_.steady_ns() + from_seconds(seconds); timebase_.steady_ns() < end_ns;) {
    JM_TRY(go_on(stop));
    const int bytes = source->read(buffer, k_wait);
    if (bytes < 0) return fail(ErrorCode::protocol, "the IIO device has gone");
    const std::span<const std::byte> records(buffer.data(), static_cast<std::size_t>(bytes));
    for (std::size_t at = 0; at + reader_->record_size() <= records.size(); at += reader_->record_size())
      stamps_ns.push_back(reader_->read(records.subspan(at, reader_->record_size())).before_ns);
  }
  return stamps_ns;
}

Status IioInstrument::prepare(SampleSink& sink) {
  for (const auto& items : {options_, event_rules(settings_), describe(setup_, shunt_)}) {
    for (const MetadataItem& item : items)
      JM_TRY(sink.accept(item));
  }
  if (news_) {
    for (const std::string& sentence : doubts_)
      news_(sentence);
    news_(fmt::format(
        "the kernel's driver measures the two voltages in turn: the current is observed for {:.0f} % "
        "of the time",
        100 * setup_.timing.shunt_s.value / setup_.timing.period_s()));
  }
  return tell_shunt(shunt_, sink, news_);
}

Result<EndReason> IioInstrument::run(SampleSink& sink, const std::stop_token& stop) {
  JM_TRY(prepare(sink));
  return measure(sink, stop);
}

Result<EndReason> IioInstrument::measure(SampleSink& sink, const std::stop_token& stop) {
  Ring<Reading> ring(k_readings);
  JM_TRY_ASSIGN(const auto source, device_->start(*layout_, k_queue));
  RecordPump pump(*source, *reader_, latest_stamp_ns(setup_.timing.typical_period_s), ring);
  Intake intake(setup_, settings_, edges_.get(), timebase_, sink);
  JM_TRY(intake.begin());
  EndReason reason = EndReason::interrupted;
  {
    Acquisition acquisition([&pump] { return pump.turn(); });
    Patience silence(timebase_.steady_ns());
    while (!stop.stop_requested() && reason == EndReason::interrupted) {
      acquisition.wait(k_wait);
      JM_TRY_ASSIGN(const std::int64_t taken, drain(ring, intake));
      JM_TRY(intake.pass_time());
      const TimeNs now_ns = timebase_.steady_ns();
      if (taken > 0) silence.well(now_ns);
      if (acquisition.done()) reason = EndReason::unplugged;
      if (silence.still_wrong(now_ns) > k_stalled_after_ns) reason = why_silent();
    }
  }
  JM_TRY(drain(ring, intake));
  JM_TRY(intake.finish(news_));
  if (!source->stop() && news_) news_(k_left_on);
  return reason;
}

// The driver's thread ends silently when a transfer fails.
EndReason IioInstrument::why_silent() const {
  return device_->attributes().exists("name") ? EndReason::stalled : EndReason::unplugged;
}

}  // namespace joulemark::ina219
