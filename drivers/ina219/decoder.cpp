// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/units.h>

#include <drivers/ina219/decoder.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace joulemark::ina219 {
namespace {

constexpr double k_enough_ns = 1e9;
constexpr int k_settled = 32;

ConversionClock clock_for(const Timing& timing) {
  const double typical_ns = timing.typical_period_s * k_ns_per_s;
  return {timing.period_s() * k_ns_per_s, k_shortest * typical_ns, k_longest * typical_ns};
}

std::string clip_text(const ChannelSetup& setup) {
  const double full_a = full_scale_v(setup.configuration.range) / setup.shunt_ohm;
  return fmt::format(
      "current at or beyond the end of its range, {}: a larger max_current or a smaller shunt "
      "measures more",
      format_si(full_a, "A", 3));
}

std::string bus_clip_text(const ChannelSetup& setup) {
  return fmt::format("voltage at or beyond the end of its range, {:.0f} V",
                     full_scale_v(setup.configuration.bus_range));
}

TimeNs mean(TimeNs a, TimeNs b) {
  return a + (b - a) / 2;
}

}  // namespace

Decoder::Decoder(const ChannelSetup& setup, SampleSink& sink)
    : setup_(setup),
      sink_(sink),
      clock_(clock_for(setup.timing)),
      current_(k_current_channel, sink),
      voltage_(k_voltage_channel, sink),
      clipped_(AnomalyKind::clipped, k_current_channel, clip_text(setup)),
      bus_clipped_(AnomalyKind::clipped, k_voltage_channel, bus_clip_text(setup)),
      over_range_(AnomalyKind::over_range, k_current_channel,
                  "the chip says that its current or power register overflowed"),
      missed_(AnomalyKind::gap, Severity::data_loss, "conversions not read in time: {}"),
      stale_(AnomalyKind::protocol, Severity::info,
             "{} [reading was|readings were] of a conversion that had been read before, and left out"),
      faults_(AnomalyKind::protocol, Severity::doubtful, "{} [transfer|transfers] on the I2C bus failed"),
      overflow_(AnomalyKind::overflow, Severity::data_loss,
                "{} [reading|readings] did not fit into the queue") {}

Status Decoder::accept(const Reading& given) {
  Reading reading = given;
  for (TimeNs* time_ns : {&reading.after_ns, &reading.before_ns, &reading.read_ns})
    *time_ns += shift_ns_;
  const TimeNs now_ns = capture_time(reading.read_ns);
  switch (reading.kind) {
    case Reading::Kind::fault:
      return faults_.add(sink_, {now_ns, now_ns}, current_.next_index(), 1);
    case Reading::Kind::reconfigured:
      return reconfigured(reading);
    case Reading::Kind::bus:
      return bus_voltage(reading);
    case Reading::Kind::shunt:
      break;
  }
  const Step step = step_of(reading);
  if (step.verdict == ConversionClock::Verdict::jumped) return jump(reading);
  if (step.verdict == ConversionClock::Verdict::stale)
    return stale_.add(sink_, {now_ns, now_ns}, current_.next_index(), 1);
  return conversion(reading, step);
}

Decoder::Step Decoder::step_of(const Reading& reading) {
  if (!setup_.timing.clocked) return paced_step(reading);
  if (reading.restarted) clock_.restart();
  return clock_.observe({reading.after_ns, reading.before_ns, reading.read_ns});
}

// Without conversion-ready a reading is what the register held then, and its place is when it was read. It
// was due once a period, after a restart the first a period after that, and may have come later: only whole
// periods without one are missed.
Decoder::Step Decoder::paced_step(const Reading& reading) {
  const auto took = [&](std::int64_t count) {
    return Step{ConversionClock::Verdict::conversion, count, reading.read_ns};
  };
  if (!zero_ns_) {
    paced_ns_ = reading.read_ns;
    return took(0);
  }
  if (reading.read_ns <= last_end_ns_) return {ConversionClock::Verdict::jumped, 1, reading.read_ns};
  if (reading.restarted) paced_ns_ = reading.after_ns;
  const TimeNs period_ns = from_seconds(setup_.timing.period_s());  // as the poller has it
  const std::int64_t count = std::max<std::int64_t>(1, (reading.read_ns - paced_ns_) / period_ns);
  paced_ns_ = std::min(paced_ns_ + count * period_ns, reading.read_ns);
  return took(count);
}

Status Decoder::conversion(const Reading& reading, const Step& step) {
  const Timing& timing = setup_.timing;
  const TimeNs bus_ns = timing.both ? from_seconds(timing.bus_s) : 0;
  const TimeNs aperture_ns = from_seconds(timing.shunt_s.value);
  if (!zero_ns_) {
    zero_ns_ = step.end_ns - bus_ns - aperture_ns;
  } else if (reading.restarted) {
    settled_ = 0;
  } else if (settled_ < k_settled) {
    ++settled_;
  } else {
    observed_ns_ += static_cast<double>(step.end_ns - last_end_ns_);
    observed_ += static_cast<double>(step.conversions);
  }
  const TimeNs end_ns = capture_time(step.end_ns);
  const int steps = shunt_steps_from(reading.shunt);
  const ShuntConversion shunt{end_ns - bus_ns, steps,
                              std::abs(steps) >= shunt_limit(setup_.configuration.range)};
  if (step.conversions > 1) {
    JM_TRY(skip(step.conversions - 1, end_ns));
  } else if (reading.restarted && current_.taken() > 0 && !timing.both) {
    JM_TRY(bridge(shunt));
  }
  last_end_ns_ = step.end_ns;
  last_ = shunt;
  JM_TRY(watch_limits(reading, current_.next_index(), shunt.end_ns));
  JM_TRY(current_.add(steps, shunt.end_ns));
  return setup_.voltage_channel() ? put_voltage(reading, shunt, end_ns) : Status();
}

Status Decoder::skip(std::int64_t conversions, TimeNs until_ns) {
  JM_TRY(missed_.add(sink_, {last_ns(), until_ns}, current_.next_index(), conversions));
  JM_TRY(current_.skip(conversions));
  return setup_.timing.both && setup_.voltage_channel() ? voltage_.skip(conversions) : Status();
}

Status Decoder::bridge(const ShuntConversion& after) {
  const UnobservedShunt unobserved(last_, after, from_seconds(setup_.timing.shunt_s.value));
  if (unobserved.is_too_long()) {
    const double periods = unobserved.time().seconds() / setup_.timing.period_s();
    return skip(std::llround(periods), after.end_ns);
  }
  if (unobserved.time().empty()) return {};
  const ShuntConversion mean = unobserved.conversion();
  JM_TRY(sink_.accept(unobserved.told(k_current_channel, current_.next_index())));
  JM_TRY(clipped_.observe(sink_, mean.clipped, current_.next_index(), unobserved.time()));
  JM_TRY(current_.add(unobserved.steps(), mean.end_ns));
  if (!setup_.voltage_follows()) return {};
  return put_followed(
      target_voltage_.bridge({current_.next_index() - 1, mean.end_ns, mean.steps}, mean.clipped));
}

Status Decoder::put_voltage(const Reading& reading, const ShuntConversion& shunt, TimeNs end_ns) {
  if (setup_.voltage_follows())
    return put_followed(
        target_voltage_.conversion({current_.next_index() - 1, shunt.end_ns, shunt.steps}, shunt.clipped));
  return voltage_.add(bus_voltage_from(reading.bus).steps, end_ns);
}

Status Decoder::put_followed(std::span<const TargetVoltage::Sample> samples) {
  for (const TargetVoltage::Sample& sample : samples) {
    JM_TRY(voltage_.skip(sample.index - voltage_.next_index()));
    JM_TRY(voltage_.add(sample.steps, sample.end_ns));
  }
  return {};
}

Status Decoder::watch_limits(const Reading& reading, std::int64_t index, TimeNs end_ns) {
  const TimeRange held{end_ns - from_seconds(setup_.timing.shunt_s.value), end_ns};
  const int steps = shunt_steps_from(reading.shunt);
  JM_TRY(clipped_.observe(sink_, std::abs(steps) >= shunt_limit(setup_.configuration.range), index, held));
  JM_TRY(over_range_.observe(sink_, reading.overflow, index, held));
  for (Tally* tally : {&missed_, &stale_, &faults_, &overflow_})
    JM_TRY(tally->pass_time(sink_, end_ns));
  if (!setup_.timing.both || !setup_.voltage_channel()) return {};
  const int most = bus_limit(setup_.configuration.bus_range);
  return bus_clipped_.observe(sink_, bus_voltage_from(reading.bus).steps >= most, index, held);
}

// Looking in between would cost conversions, so what it measured since it was last seen to be configured may
// be in another range: no event may be made of it, nor idle.
Status Decoder::reconfigured(const Reading& reading) {
  const TimeRange doubtful{std::max<TimeNs>(0, capture_time(reading.after_ns)),
                           capture_time(reading.read_ns)};
  return sink_.accept(Anomaly{
      AnomalyKind::over_range, Severity::doubtful, k_current_channel, doubtful, current_.next_index(), 1,
      fmt::format("the chip had lost its configuration (a dip of its supply?) and {}; what it measured since "
                  "it was last seen to have it, {} before, may be in another range",
                  reading.error == 0 ? "was configured again" : "cannot be configured again yet",
                  format_si(doubtful.seconds(), "s", 3))});
}

// The host's clock went back: from here on it is taken to have gone on from the last conversion, with one in
// between that is missing: what reaches over this is not whole.
Status Decoder::jump(const Reading& reading) {
  const TimeNs period_ns = from_seconds(setup_.timing.period_s());
  const TimeNs expected_ns = last_end_ns_ + 2 * period_ns;
  const TimeNs back_ns = expected_ns - reading.before_ns;
  shift_ns_ += back_ns;
  clock_.restart();
  paced_ns_ = expected_ns;
  const TimeRange at{last_ns(), capture_time(expected_ns)};
  JM_TRY(sink_.accept(Anomaly{AnomalyKind::clock_jump, Severity::doubtful, k_current_channel, at,
                              current_.next_index(), 1,
                              fmt::format("the clock of the samples jumped back by {}; how much time passed "
                                          "meanwhile is not known",
                                          format_si(to_seconds(back_ns), "s", 3))}));
  return conversion(reading, {ConversionClock::Verdict::conversion, 2, expected_ns});
}

Status Decoder::bus_voltage(const Reading& reading) {
  const TimeNs end_ns = capture_time(mean(reading.after_ns, reading.before_ns));
  const int steps = bus_voltage_from(reading.bus).steps;
  target_voltage_.read(steps);
  const TimeRange held{std::max<TimeNs>(0, end_ns - from_seconds(setup_.timing.bus_s)), end_ns};
  return bus_clipped_.observe(sink_, steps >= bus_limit(setup_.configuration.bus_range),
                              current_.next_index(), held);
}

Status Decoder::overflowed(std::int64_t readings) {
  return overflow_.add(sink_, {last_ns(), last_ns()}, current_.next_index(), readings);
}

Status Decoder::flush() {
  JM_TRY(current_.flush());
  return voltage_.flush();
}

Status Decoder::finish() {
  JM_TRY(flush());
  for (Spell* spell : {&clipped_, &bus_clipped_, &over_range_})
    JM_TRY(spell->finish(sink_));
  for (Tally* tally : {&missed_, &stale_, &faults_, &overflow_})
    JM_TRY(tally->finish(sink_));
  return {};
}

std::optional<double> Decoder::measured_period_s() const {
  if (observed_ns_ < k_enough_ns) return std::nullopt;
  return observed_ns_ / observed_ / k_ns_per_s;
}

}  // namespace joulemark::ina219
