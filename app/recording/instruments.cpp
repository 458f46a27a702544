// SPDX-License-Identifier: Apache-2.0
#include <drivers/monsoon/monsoon_family.h>
#include <drivers/probe/probe_family.h>
#include <drivers/sim/sim_family.h>
#ifdef JOULEMARK_INA219
#include <drivers/ina219/i2c_family.h>
#include <drivers/ina219/iio_family.h>
#endif
#ifdef JOULEMARK_TWIN
#include <drivers/twin/twin_family.h>
#endif

#include <app/recording/instruments.h>

namespace joulemark {

InstrumentRegistry make_registry() {
  InstrumentRegistry registry;
  registry.add(sim::sim_family());
  registry.add(monsoon::monsoon_family());
  registry.add(probe::probe_family());
#ifdef JOULEMARK_INA219
  registry.add(ina219::i2c_family());
  registry.add(ina219::iio_family());
#endif
#ifdef JOULEMARK_TWIN
  registry.add(twin_process::twin_family());
#endif
  return registry;
}

}  // namespace joulemark
