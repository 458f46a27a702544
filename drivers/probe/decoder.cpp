// SPDX-License-Identifier: Apache-2.0
#include <drivers/probe/decoder.h>

#include <fmt/format.h>

#include <algorithm>

namespace joulemark::probe {

Decoder::Decoder(const Setup& setup, SampleSink& sink)
    : setup_(setup),
      sink_(sink),
      samples_(setup, clock_, sink),
      edges_(setup, clock_, sink),
      status_(sink),
      damaged_(AnomalyKind::crc_error, Severity::doubtful,
               "{} [frame was|frames were] damaged on the way and left out; what was in [it|them] is missing",
               std::nullopt),
      skipped_(AnomalyKind::protocol, Severity::doubtful,
               "{} [frame is|frames are] missing from the sequence; gaps tell what was in [it|them]",
               std::nullopt),
      resets_(
          AnomalyKind::instrument_fault, Severity::data_loss,
          "the probe was reset, or had other settings, {} more [time|times] in the middle of the recording",
          std::nullopt),
      boot_(setup.hello.facts.boot) {}

Status Decoder::accept(std::span<const std::byte> bytes) {
  for (jm_wire_result result; (result = frames_.next(bytes)) != JM_WIRE_MORE;) {
    if (result == JM_WIRE_FRAME) {
      JM_TRY(take(frames_.frame()));
    } else {
      JM_TRY(damaged_.add(sink_, {now_ns(), now_ns()}, 0, 1));
    }
  }
  return {};
}

Status Decoder::take(const Frame& frame) {
  const int skipped = sequence_ ? (frame.sequence - *sequence_ - 1) & 0xFF : 0;
  sequence_ = frame.sequence;
  if (skipped > 0 && frame.type != JM_WIRE_HELLO)  // a reset begins a new sequence
    JM_TRY(skipped_.add(sink_, {now_ns(), now_ns()}, 0, skipped));
  if (frame.type == JM_WIRE_SAMPLES && mapped()) {
    jm_wire_samples samples;
    if (jm_wire_get_samples(frame.payload.data(), frame.payload.size(), &samples) == 0) return {};
    return take_samples(samples);
  }
  if (frame.type == JM_WIRE_EDGES && mapped()) {
    jm_wire_edges edges;
    if (jm_wire_get_edges(frame.payload.data(), frame.payload.size(), &edges) == 0) return {};
    return edges_.accept(edges, heard_ns_);
  }
  return take_answer(frame);
}

Status Decoder::take_samples(const jm_wire_samples& samples) {
  const auto& channels = setup_.hello.channels;
  for (std::size_t i = 0; i < std::min<std::size_t>(channels.size(), 8); ++i) {
    const bool has = (samples.channels >> i & 1) != 0;
    if (has && samples.conversion_ns[i] != channels[i].conversion_ns) return tell_altered();
  }
  heard_ns_ = setup_.ns_of(jm_wire_ticks_of(samples.time));
  JM_TRY(samples_.accept(samples));
  const auto jump = samples_.take_jump();
  return jump ? edges_.unobserved(*jump) : Status();
}

Status Decoder::take_answer(const Frame& frame) {
  JM_TRY_ASSIGN(const bool answer, keep(frame.type, frame.payload));
  if (!answer) return {};
  if (frame.type == JM_WIRE_HELLO) return follow_hello(*replies().hello);
  const auto& ack = replies().ack;
  if (frame.type == JM_WIRE_ACK && ack && ack->type == JM_WIRE_START && ack->outcome == JM_WIRE_OK) started();
  if (frame.type != JM_WIRE_STATUS || !replies().status) return {};
  const jm_wire_status& status = *replies().status;
  JM_TRY(follow_boot(status.boot, "unknown cause"));
  if (!mapped()) return {};
  heard_ns_ = setup_.ns_of(jm_wire_ticks_of(status.time));
  if (!clock_.offset_ns) return {};
  const TimeNs time_ns = clock_.of(*heard_ns_);
  for (Tally* tally : {&damaged_, &skipped_, &resets_})
    JM_TRY(tally->pass_time(sink_, time_ns));
  return status_.accept(status, time_ns, samples_.samples());
}

Status Decoder::follow_hello(const Hello& hello) {
  JM_TRY(follow_boot(hello.facts.boot, hello.reset_cause()));
  if (!mapped()) return {};
  if (!means_the_same(hello, setup_.hello)) return tell_altered();
  heard_ns_ = setup_.ns_of(jm_wire_ticks_of(hello.facts.time));
  return {};
}

Status Decoder::follow_boot(std::uint16_t boot, const std::string& cause) {
  if (boot == boot_) return {};
  boot_ = boot;
  return fall_out(fmt::format("the probe was reset in the middle of the recording ({})", cause));
}

Status Decoder::tell_altered() {
  altered_ = true;
  return fall_out(
      "the probe says in the middle of the recording that it has other settings; its samples are left out "
      "until it has the old ones again, and those of a while before may be wrong");
}

Status Decoder::fall_out(const std::string& what) {
  reset_ = true;
  if (told_resets_ == k_told_resets) return resets_.add(sink_, {now_ns(), now_ns()}, 0, 1);
  ++told_resets_;
  return sink_.accept(Anomaly{
      AnomalyKind::instrument_fault, Severity::data_loss, std::nullopt, {now_ns(), now_ns()}, 0, 1, what});
}

// The probe's numbers and counts begin at 0.
void Decoder::started() {
  samples_.restart_numbers();
  edges_.restart_numbers();
  status_.restart();
}

void Decoder::reconnected() {
  frames_.restart();
  sequence_.reset();
}

void Decoder::resume(std::uint16_t boot, TimeNs offset_ns) {
  setup_.hello.facts.boot = boot_ = boot;
  reset_ = altered_ = false;
  heard_ns_.reset();
  if (clock_.offset_ns) clock_.offset_ns = offset_ns;
}

std::optional<TimeNs> Decoder::time_of(const jm_wire_time& ticks) const {
  if (!clock_.offset_ns) return std::nullopt;
  return clock_.of(setup_.ns_of(jm_wire_ticks_of(ticks)));
}

Status Decoder::finish(const std::optional<jm_wire_status>& final) {
  if (final && mapped()) {
    const TimeNs probe_ns = setup_.ns_of(jm_wire_ticks_of(final->time));
    JM_TRY(edges_.close(final->counts[JM_WIRE_NEXT_EDGE], probe_ns));
    JM_TRY(samples_.close(probe_ns));
  }
  JM_TRY(samples_.finish());
  JM_TRY(edges_.finish());
  JM_TRY(status_.finish());
  JM_TRY(damaged_.finish(sink_));
  JM_TRY(resets_.finish(sink_));
  return skipped_.finish(sink_);
}

}  // namespace joulemark::probe
