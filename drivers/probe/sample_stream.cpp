// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/units.h>

#include <drivers/ina219/chip/registers.h>
#include <drivers/probe/sample_stream.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace joulemark::probe {
namespace {

// A bus voltage in between takes its own conversion and up to three transfers and settling.
constexpr std::int64_t k_interruption = 4;  // conversions
constexpr double k_least_period_s = 1e-6;
constexpr double k_briefest = 0.5;  // of the usual time from sample to sample, where no clock keeps it
constexpr TimeNs k_furthest_ns = TimeNs{1} << 60;
constexpr std::int64_t k_numbers_beyond = 16;         // more than there was time for: the number is wrong
constexpr TimeNs k_longest_jump_ns = 60'000'000'000;  // that numbers are believed to have gone on for

ina219::ConversionClock clock_for(const Setup& setup) {
  const double period_ns = std::max(setup.period_s.value, k_least_period_s) * k_ns_per_s;
  const double typical_ns = (setup.current().conversion_ns + (setup.both ? setup.bus_s * k_ns_per_s : 0));
  if (!setup.clocked) return {period_ns, period_ns, period_ns};
  return {period_ns, ina219::k_shortest * typical_ns, ina219::k_longest * typical_ns};
}

std::string clip_text(const Setup& setup) {
  const double full_a = setup.current().highest_code * 1e-9 * setup.current().lsb_nv / setup.shunt_ohm;
  return fmt::format(
      "current at or beyond the end of its range, {}: a larger max_current or a smaller shunt "
      "measures more",
      format_si(full_a, "A", 3));
}

// A lowest code of 0 is no end of the converter but the beginning of what can be.
bool is_at_an_end(const jm_wire_channel& wire, int code) {
  return code >= wire.highest_code || code < wire.lowest_code ||
         (code == wire.lowest_code && wire.lowest_code < 0);
}

std::size_t bit_of(const Setup& setup, jm_wire_quantity quantity) {
  return setup.hello.channel_of(quantity).value_or(32);
}

}  // namespace

SampleStream::SampleStream(const Setup& setup, CaptureClock& clock, SampleSink& sink)
    : setup_(setup),
      clock_(clock),
      sink_(sink),
      lag_ns_(setup.ns_of(setup.current().lag_ticks)),
      period_ns_(std::max<TimeNs>(1000, from_seconds(setup.period_s.value))),
      aperture_ns_(from_seconds(setup.aperture_s.value)),
      bus_ns_(setup.both ? from_seconds(setup.bus_s) : 0),
      current_bit_(bit_of(setup, JM_WIRE_SHUNT_VOLTAGE)),
      voltage_bit_(setup.voltage() != nullptr ? bit_of(setup, JM_WIRE_BUS_VOLTAGE) : 32),
      both_(setup.both),
      follows_(setup.voltage_follows()),
      conversions_(clock_for(setup)),
      current_(k_current_channel, sink),
      voltage_(k_voltage_channel, sink),
      clipped_(AnomalyKind::clipped, k_current_channel, clip_text(setup)),
      bus_clipped_(AnomalyKind::clipped, k_voltage_channel, "voltage at or beyond the end of its range"),
      lost_(AnomalyKind::gap, Severity::data_loss, "conversions missing: {}"),
      close_(AnomalyKind::protocol, Severity::doubtful,
             "{} [record|records] came sooner than a conversion takes, and [was|were] left out"),
      repeated_(AnomalyKind::protocol, Severity::doubtful,
                "{} [record|records] came a second time, and [was|were] left out"),
      misnumbered_(
          AnomalyKind::protocol, Severity::doubtful,
          "{} [time|times] the numbers of records jumped back, or further than there was time for: how "
          "many conversions are missing there is doubtful") {}

Status SampleStream::accept(const jm_wire_samples& samples) {
  const auto has = [&](std::size_t bit) { return bit < 8 && (samples.channels >> bit & 1) != 0; };
  const auto nth = [&](std::size_t bit) {
    return jm_wire_channels_in(static_cast<std::uint8_t>(samples.channels & ((1U << bit) - 1)));
  };
  const bool current = has(current_bit_);
  const bool voltage = has(voltage_bit_);
  const std::uint8_t nth_current = current ? nth(current_bit_) : 0;
  const std::uint8_t nth_voltage = voltage ? nth(voltage_bit_) : 0;
  if (came_before(samples))
    return repeated_.add(sink_, {last_end_ns_, last_end_ns_}, current_.next_index(), samples.count);
  JM_TRY(follow_numbers(samples));
  Record record;
  std::uint64_t ticks = jm_wire_ticks_of(samples.time);
  for (std::uint8_t i = 0; i < samples.count; ++i) {
    ticks += jm_wire_sample_ticks(&samples, i);
    record.stamp_ns = last_stamp_ns_ = setup_.ns_of(ticks);
    if (current) record.current = jm_wire_sample_code(&samples, i, nth_current);
    if (voltage) record.voltage = jm_wire_sample_code(&samples, i, nth_voltage);
    if (current) {
      JM_TRY(conversion(record));
    } else {
      interrupted_ = true;
      conversions_.restart();
      if (voltage) JM_TRY(bus_voltage(record));
    }
  }
  return {};
}

// Numbers count on modulo 2^32.
Status SampleStream::follow_numbers(const jm_wire_samples& samples) {
  const auto skipped = static_cast<std::int32_t>(samples.first - next_number_);
  next_number_ = samples.first + samples.count;
  if (skipped < 0) return misnumbered_.add(sink_, {last_end_ns_, last_end_ns_}, current_.next_index(), 1);
  lost_numbers_ += skipped;
  return {};
}

// Where the clock alone goes back, it jumped; where the numbers alone do, they are wrong.
bool SampleStream::came_before(const jm_wire_samples& samples) const {
  const bool older = static_cast<std::int32_t>(samples.first + samples.count - next_number_) <= 0;
  return any_ && older && setup_.ns_of(jm_wire_ticks_of(samples.time)) <= last_stamp_ns_;
}

// None: sooner after the one before than a conversion takes.
std::optional<TimeNs> SampleStream::end_of(TimeNs stamp_ns) {
  if (!setup_.clocked) return stamp_ns - lag_ns_ / 2;
  const auto step = conversions_.observe({stamp_ns - lag_ns_, stamp_ns, stamp_ns});
  if (step.verdict != ina219::ConversionClock::Verdict::conversion) return std::nullopt;
  return step.end_ns;
}

// Conversions among the records that the numbers say are missing.
std::int64_t SampleStream::numbers_missing() const {
  const int bus_every = setup_.hello.facts.bus_every;
  if (bus_every == 0 || lost_numbers_ == 0) return lost_numbers_;
  return lost_numbers_ - lost_numbers_ / (bus_every + 1) - 1;
}

// Conversions between the last sample and this one that are not here: as many as numbers are missing, if
// there was time for so many, and as many more as the time says.
Result<std::int64_t> SampleStream::missing(TimeNs end_ns) {
  const double period_ns = setup_.clocked ? conversions_.period_ns() : static_cast<double>(period_ns_);
  const double periods = static_cast<double>(end_ns - last_end_ns_) / period_ns;
  std::int64_t by_time = std::max<std::int64_t>(0, std::llround(periods) - 1);
  const std::int64_t by_number = numbers_missing();
  if (interrupted_ && by_number == 0) by_time = std::max<std::int64_t>(0, by_time - k_interruption);
  const double shortest = setup_.clocked ? ina219::k_shortest : k_briefest;
  const auto most = static_cast<std::int64_t>(periods / shortest) - 1;  // the last one is here
  if (by_number > most + k_numbers_beyond)
    JM_TRY(misnumbered_.add(sink_, {last_end_ns_, end_ns}, current_.next_index(), 1));
  return std::max(by_time, std::min(by_number, most));
}

Status SampleStream::skip(std::int64_t conversions, TimeNs until_ns) {
  if (conversions == 0) return {};
  JM_TRY(lost_.add(sink_, {last_end_ns_, until_ns}, current_.next_index(), conversions));
  JM_TRY(current_.skip(conversions));
  return both_ && setup_.voltage() != nullptr ? voltage_.skip(conversions) : Status();
}

// The probe's clock went back without a reset: from here on it is taken to have gone on from the last
// conversion, with those in between that the numbers say are missing. One is missing in any case: what
// reaches over this is not whole.
Result<std::int64_t> SampleStream::jump_back(TimeNs& stamp_ns) {
  const std::int64_t by_number = numbers_missing();
  const bool believed = by_number <= k_longest_jump_ns / period_ns_;
  if (!believed) JM_TRY(misnumbered_.add(sink_, {last_end_ns_, last_end_ns_}, current_.next_index(), 1));
  const std::int64_t lost = believed ? std::max<std::int64_t>(1, by_number) : 1;
  const TimeNs expected_ns = last_end_ns_ + (lost + 1) * period_ns_;
  const TimeNs shift_ns = expected_ns - (stamp_ns - lag_ns_ / 2);
  *clock_.offset_ns += shift_ns;
  stamp_ns += shift_ns;
  conversions_.restart();
  lost_numbers_ = 0;
  jump_ = {last_end_ns_, expected_ns};
  JM_TRY(sink_.accept(Anomaly{AnomalyKind::clock_jump, Severity::doubtful, k_current_channel, *jump_,
                              current_.next_index(), 1,
                              "the probe's clock jumped back; how much time passed meanwhile is not known"}));
  return lost;
}

Status SampleStream::conversion(const Record& record) {
  if (!clock_.offset_ns) clock_.offset_ns = aperture_ns_ + bus_ns_ - (record.stamp_ns - lag_ns_ / 2);
  TimeNs stamp_ns = clock_.of(record.stamp_ns);
  std::int64_t jumped_over = 0;
  if (any_ && stamp_ns < last_end_ns_ - period_ns_) {
    JM_TRY_ASSIGN(jumped_over, jump_back(stamp_ns));
  }
  const auto end_ns = end_of(stamp_ns);
  if (!end_ns || (any_ && *end_ns <= last_end_ns_) || *end_ns > k_furthest_ns)
    return close_.add(sink_, {last_end_ns_, last_end_ns_}, current_.next_index(), 1);
  std::int64_t lost = jumped_over;
  if (any_ && jumped_over == 0) {
    JM_TRY_ASSIGN(lost, missing(*end_ns));
  }
  JM_TRY(skip(lost, *end_ns));
  lost_numbers_ = 0;
  return put(record, *end_ns, lost == 0);
}

Status SampleStream::put(const Record& record, TimeNs end_ns, bool follows_last) {
  const TimeNs shunt_end_ns = end_ns - bus_ns_;
  const bool clipped = is_at_an_end(setup_.current(), record.current);
  const ina219::ShuntConversion shunt{shunt_end_ns, record.current, clipped};
  if (any_ && interrupted_ && follows_last) JM_TRY(bridge(shunt));
  JM_TRY(
      clipped_.observe(sink_, clipped, current_.next_index(), {shunt_end_ns - aperture_ns_, shunt_end_ns}));
  for (Tally* tally : {&lost_, &close_, &repeated_, &misnumbered_})
    JM_TRY(tally->pass_time(sink_, end_ns));
  JM_TRY(current_.add(record.current, shunt_end_ns));
  any_ = true;
  interrupted_ = false;
  last_end_ns_ = end_ns;
  last_ = shunt;
  if (both_ && voltage_bit_ < 8) JM_TRY(put_voltage(record.voltage, end_ns));
  if (follows_)
    JM_TRY(put_followed(
        target_voltage_.conversion({current_.next_index() - 1, shunt_end_ns, record.current}, clipped)));
  if (!early_voltage_) return {};
  return bus_voltage(*std::exchange(early_voltage_, std::nullopt));
}

Status SampleStream::bus_voltage(const Record& record) {
  if (follows_) {
    target_voltage_.read(record.voltage);
    reading_clipped_ = is_at_an_end(*setup_.voltage(), record.voltage);
    return {};
  }
  if (!clock_.offset_ns) {
    early_voltage_ = record;
    return {};
  }
  return put_voltage(record.voltage, clock_.of(record.stamp_ns - lag_ns_ / 2));
}

Status SampleStream::put_voltage(int code, TimeNs end_ns) {
  if (end_ns > k_furthest_ns || (any_voltage_ && end_ns <= last_voltage_ns_)) return {};
  JM_TRY(watch_voltage(is_at_an_end(*setup_.voltage(), code), from_seconds(setup_.bus_s), end_ns));
  any_voltage_ = true;
  last_voltage_ns_ = end_ns;
  return voltage_.add(code, end_ns);
}

Status SampleStream::watch_voltage(bool clipped, TimeNs aperture_ns, TimeNs end_ns) {
  const TimeNs begin_ns = std::max<TimeNs>(0, end_ns - aperture_ns);
  return bus_clipped_.observe(sink_, clipped, voltage_.next_index(), {begin_ns, end_ns});
}

// Missed conversions were told before: what is still unobserved, the bus voltage took.
Status SampleStream::bridge(const ina219::ShuntConversion& after) {
  const ina219::UnobservedShunt unobserved(last_, after, aperture_ns_);
  if (unobserved.time().empty()) return {};
  const ina219::ShuntConversion mean = unobserved.conversion();
  JM_TRY(sink_.accept(unobserved.told(k_current_channel, current_.next_index())));
  JM_TRY(clipped_.observe(sink_, mean.clipped, current_.next_index(), unobserved.time()));
  JM_TRY(current_.add(unobserved.steps(), mean.end_ns));
  if (!follows_) return {};
  return put_followed(
      target_voltage_.bridge({current_.next_index() - 1, mean.end_ns, mean.steps}, mean.clipped));
}

Status SampleStream::put_followed(std::span<const ina219::TargetVoltage::Sample> samples) {
  for (const auto& sample : samples) {
    JM_TRY(voltage_.skip(sample.index - voltage_.next_index()));
    JM_TRY(watch_voltage(reading_clipped_, aperture_ns_, sample.end_ns));
    JM_TRY(voltage_.add(sample.steps, sample.end_ns));
  }
  return {};
}

Status SampleStream::close(TimeNs probe_ns) {
  const TimeNs until_ns = clock_.of(probe_ns);
  if (!any_ || !clock_.offset_ns || until_ns <= last_end_ns_) return {};
  const std::int64_t conversions = (until_ns - last_end_ns_) / period_ns_;
  if (conversions < 2 * k_interruption) return {};
  JM_TRY(lost_.add(sink_, {last_end_ns_, until_ns}, current_.next_index(), conversions));
  return lost_.finish(sink_);
}

Status SampleStream::flush() {
  JM_TRY(current_.flush());
  return voltage_.flush();
}

Status SampleStream::finish() {
  for (Spell* spell : {&clipped_, &bus_clipped_})
    JM_TRY(spell->finish(sink_));
  for (Tally* tally : {&lost_, &close_, &repeated_, &misnumbered_})
    JM_TRY(tally->finish(sink_));
  return flush();
}

}  // namespace joulemark::probe
