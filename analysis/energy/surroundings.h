// SPDX-License-Identifier: Apache-2.0
// What is drawn beside events, told from how the draw comes to rest around them: a target wakes a little
// before its marker and sleeps a little after it, and capacitors give a part of a burst before they take it
// back. Other work may go on there as well.
#pragma once

#include <analysis/energy/measure.h>
#include <analysis/energy/rail.h>

#include <span>
#include <vector>

namespace joulemark {

// One side of the events of a name, in parts from the marker on, the first as long as the guard and each
// further one twice as long as the one before, to the middle of the gap. Only parts that draw more than the
// stretch behind it does, by 3.6 standard errors.
struct Beside {
  enum class Kind {
    unknown,  // fewer than three events have room, or there is no telling
    rest,     // nothing is drawn there
    tail,     // it falls, from each event on, as what comes to rest does
    work,     // it goes on beside the events, or some of them, and then ends
  };
  struct Part {
    TimeNs end_ns = 0;    // from the marker
    double relative = 0;  // to an event's own amount
    bool whole = true;    // in nine of ten events nothing of it is lost or clipped
  };

  Kind kind = Kind::unknown;
  std::vector<Part> parts;
  TimeNs always_until_ns = 0;  // from the marker: so far it is beside every event
  bool begins_here = true;     // there is less of it on the other side: it is not of what came before
  double remainder = 0;  // of a tail that is not over by the middle of the gap, relative as well; an estimate
};

struct Surroundings {
  Beside before;
  Beside after;
};

// Next to up to 200 events of each name; none for windows drawn by hand. clipped: stretches, in order.
// Errors: the source's.
[[nodiscard]] Result<std::vector<Surroundings>> look_around(const Rail& rail, const Timeline& timeline,
                                                            const Sampling& sampling,
                                                            const std::vector<TimeRange>& clipped,
                                                            std::span<const EventPlan> plans);

}  // namespace joulemark
