// SPDX-License-Identifier: Apache-2.0
#include <drivers/monsoon/monsoon_family.h>
#include <drivers/sim/sim_family.h>

#include <app/recording/instruments.h>

namespace joulemark {

InstrumentRegistry make_registry() {
  InstrumentRegistry registry;
  registry.add(sim::sim_family());
  registry.add(monsoon::monsoon_family());
  return registry;
}

}  // namespace joulemark
