// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/units.h>

#include <drivers/ina219/chip/chip_options.h>
#include <drivers/ina219/i2c_instrument.h>

#include <fmt/format.h>

#include <atomic>

namespace joulemark::ina219 {
namespace {

constexpr std::size_t k_readings = 1 << 14;
constexpr std::chrono::milliseconds k_wait{20};

EndReason reason_of(Poller::State state) {
  switch (state) {
    case Poller::State::unplugged:
      return EndReason::unplugged;
    case Poller::State::stalled:
      return EndReason::stalled;
    case Poller::State::going:
      break;
  }
  return EndReason::interrupted;
}

}  // namespace

Result<std::unique_ptr<Instrument>> I2cInstrument::open(const std::string& uri,
                                                        std::unique_ptr<i2c::RegisterBus> bus,
                                                        std::unique_ptr<gpio::EdgeSource> edges,
                                                        const Settings& settings,
                                                        std::vector<MetadataItem> options, Timebase& timebase,
                                                        const std::stop_token& stop) {
  auto instrument = std::make_unique<I2cInstrument>(std::move(bus), std::move(edges), settings,
                                                    std::move(options), timebase);
  JM_TRY(instrument->look(uri, stop));
  return std::unique_ptr<Instrument>(std::move(instrument));
}

I2cInstrument::I2cInstrument(std::unique_ptr<i2c::RegisterBus> bus, std::unique_ptr<gpio::EdgeSource> edges,
                             Settings settings, std::vector<MetadataItem> options, Timebase& timebase)
    : bus_(std::move(bus)),
      edges_(std::move(edges)),
      settings_(std::move(settings)),
      options_(std::move(options)),
      timebase_(timebase) {}

I2cInstrument::~I2cInstrument() {
  if (!found_) return;
  static_cast<void>(bus_->write(static_cast<std::uint8_t>(Register::calibration), found_->calibration));
  static_cast<void>(bus_->write(static_cast<std::uint8_t>(Register::configuration), found_->configuration));
}

Status I2cInstrument::look(const std::string& uri, const std::stop_token& stop) {
  shunt_ = {settings_.shunt_ohm.value_or(k_usual_shunt_ohm), settings_.shunt_ohm ? "stated" : "assumed"};
  JM_TRY(check_current(settings_.max_current_a, shunt_.ohm));
  JM_TRY_ASSIGN(found_, look_at(*bus_));
  JM_TRY_ASSIGN(survey_, survey(*bus_, timebase_, settings_, shunt_.ohm, stop));
  setup_ = {shunt_.ohm, survey_.plan.configuration, survey_.timing, settings_.voltage_v};
  info_.instrument = {uri,      "Texas Instruments",
                      "INA219", "",
                      "",       fmt::format("shunt {} ({})", format_si(shunt_.ohm, "ohm", 4), shunt_.basis)};
  info_.channels = channels_for(setup_);
  info_.supply = supply_for(setup_);
  info_.lines = lines_for(settings_);
  return {};
}

Status I2cInstrument::prepare(SampleSink& sink) {
  for (const auto& items : {options_, event_rules(settings_), describe(setup_, shunt_)}) {
    for (const MetadataItem& item : items)
      JM_TRY(sink.accept(item));
  }
  for (const std::string& sentence : survey_.news)
    tell(sentence);
  JM_TRY(tell_shunt(shunt_, sink, news_));
  if (survey_.timing.both)
    tell("mode=both: the shunt is observed for half of the time only, the supply voltage for the other half");
  if (survey_.timing.clocked) return {};
  return sink.accept(
      Anomaly{AnomalyKind::protocol,
              Severity::doubtful,
              k_current_channel,
              {},
              0,
              1,
              "conversion-ready does not work on this chip: a conversion may count twice, or not "
              "at all"});
}

Result<EndReason> I2cInstrument::run(SampleSink& sink, const std::stop_token& stop) {
  JM_TRY(prepare(sink));
  return measure(sink, stop);
}

Result<EndReason> I2cInstrument::measure(SampleSink& sink, const std::stop_token& stop) {
  Ring<Reading> ring(k_readings);
  Poller poller(*bus_, timebase_, survey_.plan);
  if (const int error = poller.start())
    return i2c::is_gone(error)
               ? Result<EndReason>(EndReason::unplugged)
               : fail(ErrorCode::protocol, "the chip cannot be configured: " + i2c::describe_transfer(error));
  std::atomic<Poller::State> state = Poller::State::going;
  Intake intake(setup_, settings_, edges_.get(), timebase_, sink);
  JM_TRY(intake.begin());
  {
    Acquisition acquisition([&] {
      const Poller::Turn turn = poller.step();
      if (turn.reading) ring.push(*turn.reading);
      state = turn.state;
      return turn.state == Poller::State::going;
    });
    while (!stop.stop_requested() && !acquisition.done()) {
      acquisition.wait(k_wait);
      JM_TRY(drain(ring, intake));
      JM_TRY(intake.pass_time());
    }
  }
  JM_TRY(drain(ring, intake));
  if (const auto last = poller.look_at_the_end()) JM_TRY(intake.accept(std::span(&*last, 1)));
  JM_TRY(intake.finish(news_));
  return reason_of(state);
}

}  // namespace joulemark::ina219
