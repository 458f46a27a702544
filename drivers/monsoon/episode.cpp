// SPDX-License-Identifier: Apache-2.0
#include <drivers/monsoon/episode.h>
#include <drivers/monsoon/protocol.h>

#include <utility>

namespace joulemark::monsoon {

Status Episode::occurred(SampleSink& sink, std::int64_t index) {
  if (count_++ == 0) first_ = index;
  last_ = index;
  return index >= quiet_until_ ? finish(sink) : Status();
}

Status Episode::finish(SampleSink& sink) {
  if (count_ == 0) return {};
  quiet_until_ = last_ + k_slots_per_s;
  return sink.accept(Anomaly{kind_,
                             severity_,
                             channel_,
                             {first_ * k_slot_ns, (last_ + 1) * k_slot_ns},
                             first_,
                             std::exchange(count_, 0),
                             message_});
}

}  // namespace joulemark::monsoon
