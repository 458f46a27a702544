// SPDX-License-Identifier: Apache-2.0
#include <drivers/sim/sim_family.h>
#include <drivers/sim/sim_instrument.h>

#include <fmt/format.h>

namespace joulemark::sim {
namespace {

Result<std::unique_ptr<Instrument>> open(const InstrumentUri& uri, const OptionValues& options,
                                         const std::stop_token& /*stop*/) {
  if (uri.place != "kws") {
    return fail(ErrorCode::no_instrument,
                fmt::format("there is no simulation '{}'; there is sim:kws", uri.place));
  }
  JM_TRY_ASSIGN(const Settings settings, read_settings(options));
  std::vector<MetadataItem> given;
  for (const OptionValue& option : options.all())
    given.push_back({"instrument." + option.name, option.text});
  return SimInstrument::open(uri.text, settings, std::move(given));
}

}  // namespace

InstrumentFamily sim_family() {
  return {"sim", "simulated keyword spotter with exactly known energies", "sim:kws", option_specs(), open};
}

}  // namespace joulemark::sim
