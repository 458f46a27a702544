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
constexpr TimeNs k_longest_connect_ns = 2'500'000'000;
constexpr TimeNs k_quiet_ns = 1'000'000'000;  // without samples, before a probe is asked who it is
constexpr TimeNs k_hello_ns = 3'000'000'000;
constexpr TimeNs k_pong_ns = 50'000'000;
constexpr int k_pairings = 4;
constexpr int k_most_pairings = 60;
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
      attention_(timebase.steady_ns()),
      sink_(sink),
      news_(news),
      decoder_(setup, sink) {
  connect_to_port();
}

void Recording::connect_to_port() {
  talk_.emplace(*port_, decoder_, timebase_, attention_, settings_.slack);
  talk_->tap([this](std::span<const std::byte> bytes) {
    return sink_.accept(RawBytes{decoder_.samples().last_ns(), bytes});
  });
  decoder_.reconnected();
}

Result<EndReason> Recording::run(const std::stop_token& stop) {
  sampled_ns_ = timebase_.steady_ns();
  const Status began = start();
  sampled_seen_ns_ = asked_seen_ns_ = attention_.seen_ns();
  const bool failed = !began && !port_->closed();
  Result<EndReason> ended = failed ? tl::make_unexpected(began.error()) : keep_on(stop);
  const Status closed = end();
  if (ended && !closed) return tl::make_unexpected(closed.error());
  return ended;
}

Result<EndReason> Recording::keep_on(const std::stop_token& stop) {
  const TimeNs patience_ns = from_seconds(settings_.patience_s);
  while (!stop.stop_requested()) {
    const Status went = port_->closed() ? reconnect() : turn();
    const bool lost = !went && port_->closed() && went.error().code == ErrorCode::protocol;
    if (!went && !lost) return tl::make_unexpected(went.error());
    const TimeNs least_ns = port_->closed() ? 0 : k_least_patience_ns;
    if (silent_ns() > std::max(patience_ns, least_ns)) return give_up();
  }
  return EndReason::interrupted;
}

EndReason Recording::give_up() {
  if (port_->closed()) return EndReason::unplugged;
  tell(silence());
  return EndReason::stalled;
}

// A probe may well talk on, and have nothing to say: frames without samples, or bytes that are no frames.
std::string Recording::silence() {
  if (!trouble_.empty()) return "the probe could not be taken up again: " + trouble_;
  const auto& status = decoder_.replies().status;
  if (status && status->state == JM_WIRE_SENSOR_LOST)
    return "the probe's sensor has fallen silent: the probe is there, but its sensor answers no more (check "
           "its supply and wires)";
  return "the probe has fallen silent: no samples come from it";
}

Status Recording::turn() {
  JM_TRY(talk_->hear(k_read));
  const TimeNs now_ns = timebase_.steady_ns();
  note_samples(now_ns);
  note_pong();
  if (is_adrift()) JM_TRY(try_to_take_up());
  return look_after(now_ns);
}

void Recording::note_samples(TimeNs now_ns) {
  const std::int64_t samples = decoder_.samples().samples();
  if (std::exchange(samples_seen_, samples) == samples) return;
  sampled_ns_ = now_ns;
  sampled_seen_ns_ = asked_seen_ns_ = attention_.seen_ns();
  forgiven_ = false;
}

// Remembered until it was taken up.
bool Recording::is_adrift() {
  const auto hello = std::exchange(decoder_.replies().hello, std::nullopt);
  const auto& status = decoder_.replies().status;
  const bool reset = decoder_.take_reset();
  const bool idle =
      (hello && hello->facts.state == JM_WIRE_IDLE) || (status && status->state == JM_WIRE_IDLE);
  adrift_ = adrift_ || reset || idle;
  return adrift_;
}

// A probe whose HELLO after a reset was damaged is idle, and says so only when it is asked.
Status Recording::look_after(TimeNs now_ns) {
  if (attention_.seen_ns() - asked_seen_ns_ >= k_quiet_ns) {
    asked_seen_ns_ = attention_.seen_ns();
    JM_TRY(talk_->ask());
  }
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
  decoder_.replies().hello.reset();  // said before
  JM_TRY(talk_->wait_for([&] { return decoder_.replies().status.has_value(); }, k_status_ns));
  owes_start_ = false;
  const auto& status = decoder_.replies().status;
  if (status) JM_TRY(tell_levels(*status));
  const auto began_ns = status ? decoder_.time_of(status->time) : std::nullopt;
  if (!decoder_.samples().started()) return {};
  return decoder_.unobserved_until(began_ns.value_or(capture_at(timebase_.steady_ns())));
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

Status Recording::try_to_take_up() {
  Status taken = take_up();
  if (!taken && taken.error().code != ErrorCode::protocol) return taken;
  trouble_ = taken ? "" : taken.error().message;
  if (!taken) {  // it may have been reset once more meanwhile
    timebase_.wait(k_retry_every_ns);
    return {};
  }
  adrift_ = false;
  if (std::exchange(gone_, false)) tell("the probe is back");
  if (!std::exchange(forgiven_, true)) sampled_seen_ns_ = attention_.seen_ns();
  return {};
}

// The probe was reset, has stopped by itself, has other settings, or is back after it had gone.
Status Recording::take_up() {
  JM_TRY_ASSIGN(Hello hello, talk_->ask_hello(k_hello_ns));
  static_cast<void>(decoder_.take_reset());
  const bool same_boot = hello.facts.boot == setup_.hello.facts.boot;
  const bool idle = hello.facts.state == JM_WIRE_IDLE;
  decoder_.replies().status.reset();
  if (same_boot && !idle && !owes_start_ && !decoder_.altered()) return {};
  owes_start_ = true;
  if (!idle) JM_TRY(talk_->stop());
  JM_TRY_ASSIGN(hello, apply(*talk_, std::move(hello), settings_, setup_.counted_s));
  JM_TRY(check_same(hello));
  if (!same_boot) JM_TRY(pair_anew(hello.facts.boot));
  decoder_.resume();
  return start();
}

Status Recording::check_same(const Hello& hello) const {
  if (means_the_same(hello, setup_.hello)) return {};
  return fail(ErrorCode::protocol, "another probe came back, or with other settings");
}

// The clock of a new boot: paired with ours, which went on meanwhile.
Status Recording::pair_anew(std::uint16_t boot) {
  PingClock pings;
  static_cast<void>(talk_->take_pong());  // the boot before may have said it
  std::optional<Conversation::Pong> pong;
  const auto there = [&] {
    if (!pong) pong = talk_->take_pong();
    return pong.has_value();
  };
  for (int heard = 0, asked = 0; heard < k_pairings && asked < k_most_pairings; ++asked) {
    JM_TRY(talk_->ping());
    JM_TRY(talk_->wait_for(there, k_pong_ns));
    const auto heard_pong = std::exchange(pong, std::nullopt);
    const auto pairing = heard_pong ? pairing_of(setup_, *heard_pong) : std::nullopt;
    if (!pairing) continue;
    pings.observe(*pairing);
    ++heard;
  }
  const auto best = pings.take_best();
  if (!best) return fail(ErrorCode::protocol, "the probe answers no PING");
  if (decoder_.take_reset()) return fail(ErrorCode::protocol, "the probe is reset again and again");
  const TimeNs earliest_ns = decoder_.samples().last_ns() + from_seconds(setup_.period_s.value);
  decoder_.resume(boot, std::max(capture_at(best->steady_ns), earliest_ns) - best->probe_ns);
  setup_.hello.facts.boot = boot;
  pings_ = std::move(pings);
  return {};
}

// What a boot says that is not known of yet would tear the clock. Ticks that run backwards give it away, and
// so does that no samples come.
void Recording::note_pong() {
  const auto pong = talk_->take_pong();
  const auto pairing = pong ? pairing_of(setup_, *pong) : std::nullopt;
  if (!pairing) return;
  const auto& latest = pings_.latest();
  const bool backwards = latest && pairing->probe_ns < latest->probe_ns;
  if (backwards) asked_seen_ns_ = attention_.seen_ns() - k_quiet_ns;
  if (!backwards && silent_ns() < k_quiet_ns) pings_.observe(*pairing);
}

TimeNs Recording::capture_at(TimeNs steady_ns) const {
  if (const auto& pairing = pings_.latest())
    return decoder_.clock().of(pairing->probe_ns) + steady_ns - pairing->steady_ns;
  return decoder_.samples().last_ns() + steady_ns - sampled_ns_;
}

Status Recording::reconnect() {
  if (!std::exchange(gone_, true)) {
    tell(fmt::format("the probe has gone; waiting {:.3g} s for it to come back", settings_.patience_s));
    JM_TRY(decoder_.flush());
  }
  timebase_.wait(k_retry_every_ns);
  auto port = connect_();
  attention_.look(timebase_.steady_ns(), k_longest_connect_ns);
  if (!port) return {};
  port_ = std::move(*port);
  connect_to_port();
  adrift_ = true;
  return {};
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
  const auto note = note_on(*fit, settings_.simulated);
  if (!note) return {};
  return sink_.accept(Anomaly{
      AnomalyKind::clock_drift, note->severity, std::nullopt, {0, samples.last_ns()}, 0, 1, note->text});
}

}  // namespace joulemark::probe
