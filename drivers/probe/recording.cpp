// SPDX-License-Identifier: Apache-2.0
#include <drivers/probe/clock_note.h>
#include <drivers/probe/recording.h>
#include <drivers/probe/survey.h>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace joulemark::probe {
namespace {

constexpr std::uint16_t k_lease_s = 10;
constexpr std::chrono::milliseconds k_read{20};
constexpr TimeNs k_flush_every_ns = 50'000'000;
constexpr TimeNs k_ping_every_ns = 1'000'000'000;
constexpr TimeNs k_quick_ping_every_ns = 100'000'000;
constexpr int k_quick_pings = 10;
constexpr TimeNs k_least_patience_ns = 2'000'000'000;
constexpr TimeNs k_point_every_ns = 10'000'000'000;
constexpr TimeNs k_first_point_ns = 2'000'000'000;
constexpr TimeNs k_retry_every_ns = 100'000'000;
constexpr TimeNs k_hello_ns = 3'000'000'000;
constexpr TimeNs k_status_ns = 500'000'000;

MetadataItem item(const char* key, double value, int digits) {
  return {key, fmt::format("{:.{}g}", value, digits)};
}

}  // namespace

Recording::Recording(const Setup& setup, const Settings& settings, const Connect& connect,
                     std::unique_ptr<serial::ByteStream>& port, Timebase& timebase, SampleSink& sink,
                     const Instrument::News& news)
    : setup_(setup),
      settings_(settings),
      connect_(connect),
      port_(port),
      timebase_(timebase),
      sink_(sink),
      news_(news),
      decoder_(setup, sink) {
  connect_to_port();
}

void Recording::connect_to_port() {
  talk_.emplace(*port_, decoder_, timebase_, settings_.slack);
  talk_->tap([this](std::span<const std::byte> bytes) {
    return sink_.accept(RawBytes{decoder_.samples().last_ns(), bytes});
  });
  decoder_.reconnected();
}

Result<EndReason> Recording::run(const std::stop_token& stop) {
  sampled_ns_ = timebase_.steady_ns();
  const Status began = start();
  const bool failed = !began && !port_->closed();
  Result<EndReason> ended = failed ? tl::make_unexpected(began.error()) : keep_on(stop);
  const Status closed = end();
  if (ended && !closed) return tl::make_unexpected(closed.error());
  return ended;
}

Result<EndReason> Recording::keep_on(const std::stop_token& stop) {
  const TimeNs patience_ns = from_seconds(settings_.patience_s);
  while (!stop.stop_requested()) {
    const Status went = turn();
    if (!went && !port_->closed()) return tl::make_unexpected(went.error());
    if (!went) {
      JM_TRY_ASSIGN(const bool back, wait_for_return(stop));
      if (!back) return stop.stop_requested() ? EndReason::interrupted : EndReason::unplugged;
    }
    if (timebase_.steady_ns() - sampled_ns_ > std::max(patience_ns, k_least_patience_ns)) {
      tell(silence());
      return EndReason::stalled;
    }
  }
  return EndReason::interrupted;
}

// A probe may well talk on, and have nothing to say: frames without samples, or bytes that are no frames.
std::string Recording::silence() {
  const auto& status = decoder_.replies().status;
  if (status && status->state == JM_WIRE_SENSOR_LOST)
    return "the probe's sensor has fallen silent: the probe is there, but its sensor answers no more (check "
           "its "
           "supply and wires)";
  return "the probe has fallen silent: no samples come from it";
}

Status Recording::turn() {
  JM_TRY(talk_->hear(k_read));
  const TimeNs now_ns = timebase_.steady_ns();
  const std::int64_t samples = decoder_.samples().samples();
  if (std::exchange(samples_seen_, samples) != samples) sampled_ns_ = now_ns;
  note_pong();
  const auto& status = decoder_.replies().status;
  if (decoder_.take_reset() || (status && status->state == JM_WIRE_IDLE)) JM_TRY(take_up());
  return look_after(now_ns);
}

Status Recording::look_after(TimeNs now_ns) {
  if (now_ns >= next_ping_ns_) {
    next_ping_ns_ = now_ns + (quick_pings_ > 0 ? k_quick_ping_every_ns : k_ping_every_ns);
    quick_pings_ = std::max(0, quick_pings_ - 1);
    JM_TRY(talk_->ping());
  }
  if (now_ns - flushed_ns_ < k_flush_every_ns) return {};
  flushed_ns_ = now_ns;
  JM_TRY(decoder_.flush());
  return tell_clock_point(false);
}

Status Recording::start() {
  quick_pings_ = k_quick_pings;
  next_ping_ns_ = timebase_.steady_ns();
  next_point_ns_ = next_ping_ns_ + k_first_point_ns;
  decoder_.replies().status.reset();
  JM_TRY_ASSIGN(const std::uint8_t outcome, talk_->start(k_lease_s));
  if (outcome != JM_WIRE_OK) return fail(ErrorCode::protocol, "the probe refuses to start");
  JM_TRY(talk_->wait_for([&] { return decoder_.replies().status.has_value(); }, k_status_ns));
  const auto& status = decoder_.replies().status;
  if (status) JM_TRY(tell_levels(*status));
  const auto began_ns = status ? decoder_.time_of(status->time) : std::nullopt;
  return began_ns && decoder_.samples().started() ? decoder_.unobserved_until(*began_ns) : Status();
}

// Once: the levels that the lines began with.
Status Recording::tell_levels(const jm_wire_status& status) {
  if (std::exchange(levels_told_, true)) return {};
  for (const Line& line : lines_for(setup_, settings_)) {
    const bool high = (status.levels >> line.id.value & 1) != 0;
    JM_TRY(sink_.accept(MetadataItem{fmt::format("line.d{}.initial", line.id.value), high ? "high" : "low"}));
  }
  return {};
}

// The probe was reset, has stopped by itself, or is back after it had gone.
Status Recording::take_up() {
  JM_TRY_ASSIGN(Hello hello, talk_->ask_hello(k_hello_ns));
  static_cast<void>(decoder_.take_reset());
  const bool same_boot = hello.facts.boot == setup_.hello.facts.boot;
  if (same_boot && hello.facts.state != JM_WIRE_IDLE) return {};
  if (hello.facts.state != JM_WIRE_IDLE) JM_TRY(talk_->stop());
  JM_TRY_ASSIGN(hello, apply(*talk_, std::move(hello), settings_, setup_.counted_s));
  JM_TRY(check_same(hello));
  if (!same_boot) JM_TRY(pair_anew(hello.facts.boot));
  return start();
}

Status Recording::check_same(const Hello& hello) const {
  const jm_wire_hello& was = setup_.hello.facts;
  const jm_wire_hello& is = hello.facts;
  if (is.tick_hz == was.tick_hz && is.sensor == was.sensor && is.sensor_config == was.sensor_config &&
      is.shunt_uohm == was.shunt_uohm && is.watched == was.watched && hello.board == setup_.hello.board &&
      hello.channels.size() == setup_.hello.channels.size())
    return {};
  return fail(ErrorCode::protocol, "another probe came back, or with other settings");
}

// The clock of a new boot: paired with ours, which went on meanwhile.
Status Recording::pair_anew(std::uint16_t boot) {
  PingClock pings;
  const TimeNs end_ns = timebase_.steady_ns() + k_hello_ns;
  for (int heard = 0; heard < 4 && timebase_.steady_ns() < end_ns;) {
    JM_TRY(talk_->ping());
    JM_TRY(talk_->hear(std::chrono::milliseconds{50}));
    const auto pong = talk_->take_pong();
    const auto pairing = pong ? pairing_of(setup_, *pong) : std::nullopt;
    if (!pairing) continue;
    pings.observe(*pairing);
    ++heard;
  }
  const auto best = pings.take_best();
  if (!best) return fail(ErrorCode::protocol, "the probe answers no PING");
  const TimeNs earliest_ns = decoder_.samples().last_ns() + from_seconds(setup_.period_s.value);
  decoder_.resume(boot, std::max(capture_at(best->steady_ns), earliest_ns) - best->probe_ns);
  setup_.hello.facts.boot = boot;
  pings_ = PingClock();
  return {};
}

void Recording::note_pong() {
  const auto pong = talk_->take_pong();
  if (!pong) return;
  if (const auto pairing = pairing_of(setup_, *pong)) pings_.observe(*pairing);
}

TimeNs Recording::capture_at(TimeNs steady_ns) const {
  if (const auto& pairing = pings_.latest())
    return decoder_.clock().of(pairing->probe_ns) + steady_ns - pairing->steady_ns;
  return decoder_.samples().last_ns() + steady_ns - sampled_ns_;
}

Result<bool> Recording::wait_for_return(const std::stop_token& stop) {
  tell(fmt::format("the probe has gone; waiting {:.3g} s for it to come back", settings_.patience_s));
  JM_TRY(decoder_.flush());
  const TimeNs end_ns = timebase_.steady_ns() + from_seconds(settings_.patience_s);
  while (timebase_.steady_ns() < end_ns && !stop.stop_requested()) {
    timebase_.wait(k_retry_every_ns);
    auto port = connect_();
    if (!port) continue;
    port_ = std::move(*port);
    connect_to_port();
    const Status taken = take_up();
    if (taken) {
      sampled_ns_ = timebase_.steady_ns();
      tell("the probe is back");
      return true;
    }
    if (!port_->closed() && taken.error().code != ErrorCode::protocol)
      return tl::make_unexpected(taken.error());
  }
  return false;
}

Status Recording::end() {
  std::optional<jm_wire_status> final;
  if (!port_->closed()) {
    decoder_.replies().status.reset();
    const auto stopped = talk_->stop();
    const auto there = [&] { return decoder_.replies().status.has_value(); };
    if (stopped) static_cast<void>(talk_->wait_for(there, k_status_ns));
    if (stopped) final = decoder_.replies().status;
  }
  JM_TRY(decoder_.finish(final));
  return tell_clock();
}

Status Recording::tell_clock_point(bool at_once) {
  const TimeNs now_ns = timebase_.steady_ns();
  if ((!at_once && now_ns < next_point_ns_) || !decoder_.samples().started()) return {};
  const auto best = pings_.take_best();
  if (!best) return {};
  next_point_ns_ = now_ns + k_point_every_ns;
  const TimeNs capture_ns = decoder_.clock().of(best->probe_ns);
  const TimeNs utc_ns = best->steady_ns + timebase_.utc_ns() - timebase_.steady_ns();
  JM_TRY(sink_.accept(ClockPoint{"utc", capture_ns, utc_ns, best->uncertainty_ns}));
  JM_TRY(sink_.accept(ClockPoint{"steady", capture_ns, best->steady_ns, best->uncertainty_ns}));
  return sink_.accept(ClockPoint{"probe", capture_ns, best->probe_ns, 0});
}

Status Recording::tell_clock() {
  JM_TRY(tell_clock_point(true));
  const SampleStream& samples = decoder_.samples();
  const double span_s = to_seconds(samples.last_ns());
  if (samples.samples() > 1 && span_s > 0) {
    const double rate_hz = static_cast<double>(samples.samples()) / span_s;
    JM_TRY(sink_.accept(item("instrument.achieved_rate_hz", rate_hz, 9)));
    tell(fmt::format("{:.6g} samples a second, conversions missing: {}, frames damaged: {}", rate_hz,
                     samples.lost(), decoder_.damaged()));
  }
  const auto fit = pings_.fit();
  if (!fit) return {};
  JM_TRY(sink_.accept(MetadataItem{"instrument.clock_drift_ppm", fmt::format("{:.2f}", fit->drift_ppm)}));
  JM_TRY(
      sink_.accept(MetadataItem{"instrument.clock_drift_sigma_ppm", fmt::format("{:.2f}", fit->sigma_ppm)}));
  JM_TRY(sink_.accept(item("instrument.clock_residual_s", fit->residual_s, 3)));
  const auto note = note_on(*fit);
  if (!note) return {};
  return sink_.accept(Anomaly{
      AnomalyKind::clock_drift, note->severity, std::nullopt, {0, samples.last_ns()}, 0, 1, note->text});
}

}  // namespace joulemark::probe
