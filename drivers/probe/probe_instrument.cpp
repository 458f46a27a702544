// SPDX-License-Identifier: Apache-2.0
#include <drivers/probe/probe_instrument.h>
#include <drivers/probe/survey.h>

namespace joulemark::probe {

Result<std::unique_ptr<Instrument>> ProbeInstrument::open(const std::string& uri, Connect connect,
                                                          const Settings& settings,
                                                          std::vector<MetadataItem> options,
                                                          Timebase& timebase, const std::stop_token& stop) {
  auto instrument =
      std::make_unique<ProbeInstrument>(std::move(connect), settings, std::move(options), timebase);
  JM_TRY(instrument->look(uri, stop));
  return std::unique_ptr<Instrument>(std::move(instrument));
}

Status ProbeInstrument::look(const std::string& uri, const std::stop_token& stop) {
  JM_TRY_ASSIGN(port_, connect_());
  JM_TRY_ASSIGN(setup_, survey(*port_, timebase_, settings_, stop));
  info_.instrument = identity_of(uri, setup_);
  info_.supply = supply_for(setup_);
  info_.channels = channels_for(setup_);
  info_.lines = lines_for(setup_, settings_);
  return {};
}

Status ProbeInstrument::prepare(SampleSink& sink) {
  for (const auto& items : {options_, event_rules(settings_), describe(setup_)}) {
    for (const MetadataItem& item : items)
      JM_TRY(sink.accept(item));
  }
  if (!news_) return {};
  if (!settings_.shunt_ohm)
    news_("no shunt is stated: the probe's own setting is taken (" + info_.instrument.calibration + ")");
  if (setup_.both)
    news_(
        "mode=both: the shunt is observed for half of the time only, the supply voltage for the other half");
  if (info_.supply.basis == VoltageBasis::unknown)
    news_(
        "this probe measures no voltage: state it (--option voltage=3.3), or there is charge but no energy");
  return {};
}

Result<EndReason> ProbeInstrument::run(SampleSink& sink, const std::stop_token& stop) {
  JM_TRY(prepare(sink));
  return Recording(setup_, settings_, connect_, port_, timebase_, sink, news_).run(stop);
}

}  // namespace joulemark::probe
