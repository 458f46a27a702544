// SPDX-License-Identifier: GPL-3.0-or-later
#include <drivers/emulator/twin/twin.h>

#include <algorithm>
#include <utility>

namespace joulemark::twin {

namespace {

constexpr TimeNs k_slice_ns = 500'000;
constexpr TimeNs k_lead_ns = 100'000;        // the target is ahead, so that its edges reach the probe in time
constexpr TimeNs k_memory_ns = 200'000'000;  // a conversion takes at most 68 ms
constexpr Cycle k_probe_stride = 1000;       // less than the lead
constexpr std::uint16_t k_tccr1b = 0x81;
constexpr double k_overload_a = 100e-3;
constexpr TimeNs k_into_event_ns = 5'000'000;  // a reset comes so long after an event's begin

emulator::Ina219Settings sensor_of(const TwinSettings& settings) {
  auto sensor = settings.sensor;
  sensor.shunt_ohm = settings.supply.shunt_ohm;
  return sensor;
}

}  // namespace

Result<std::unique_ptr<Twin>> Twin::power_on(const TwinSettings& settings) {
  std::unique_ptr<Twin> twin(new Twin(settings));
  JM_TRY_ASSIGN(twin->probe_, AvrCore::load(settings.probe_firmware));
  twin->probe_->set_stride(k_probe_stride);
  twin->twi_ = std::make_unique<AvrTwi>(*twin->probe_, twin->chip_);
  twin->probe_->on_serial([raw = twin.get()](std::uint8_t byte) { raw->noise_.pass(byte, raw->received_); });
  JM_TRY_ASSIGN(twin->target_, Target::load(settings.target_firmware, settings.sounds, *twin));
  twin->start_probe_clock();
  JM_TRY(twin->run_until(twin->now_ns() + 1'000'000));
  return twin;
}

Twin::Twin(const TwinSettings& settings)
    : supply_(settings.supply, target_current_a({})),
      truth_(supply_),
      chip_(sensor_of(settings), *this),
      faults_(settings.faults) {
  chip_.on_taken([this](TimeRange window) {
    if (started_ns_ && window.begin_ns >= *started_ns_) truth_.sampled(window);
  });
}

// The target must be ahead of the probe at all times, from the first cycle on.
void Twin::start_probe_clock() {
  probe_->on_register(k_tccr1b, [this](Cycle cycle, std::uint8_t value) {
    if (value != 0 && probe_clock_start_ns_ == 0) probe_clock_start_ns_ = ns_of(cycle);
  });
}

Status Twin::run_until(TimeNs time_ns) {
  while (now_ns() < time_ns) {
    const TimeNs next_ns = std::min(now_ns() + k_slice_ns, time_ns);
    apply_faults();
    JM_TRY(target_->run_until(next_ns + k_lead_ns));
    if (!probe_->run_until(cycle_of(next_ns) + 1))
      return fail(ErrorCode::protocol, "the probe's firmware crashed");
    supply_.forget_before(now_ns() - k_memory_ns);
  }
  return {};
}

void Twin::load_changed(TimeNs time_ns, double load_a) {
  supply_.set_load(time_ns, load_a);
}

// Line 0 is the probe's D8, line n its Dn+1.
void Twin::marker_changed(TimeNs time_ns, int line, bool level) {
  probe_->set_pin_at(cycle_of(time_ns), line == 0 ? 'B' : 'D', line == 0 ? 0 : line + 1, level);
  truth_.marker_changed(time_ns, line, level);
  if (line != 0) return;
  in_event_ = level;
  event_since_ns_ = time_ns;
}

void Twin::send(std::span<const std::uint8_t> bytes) {
  for (const std::uint8_t byte : bytes) {
    if (!start_watch_.hear(byte)) continue;
    started_ns_ = now_ns();
    truth_.start_sampling();
  }
  probe_->send_serial(bytes);
}

std::vector<std::uint8_t> Twin::take_received() {
  return std::exchange(received_, {});
}

std::string Twin::truth_json(const std::vector<std::string>& names) const {
  return truth_.to_json({names, probe_clock_start_ns_, now_ns()});
}

// ---- Faults ----

void Twin::apply_faults() {
  std::erase_if(under_way_, [this](const UnderWay& fault) {
    if (fault.end_ns > now_ns()) return false;
    set_fault(fault.kind, false);
    return true;
  });
  if (!started_ns_) return;
  std::erase_if(faults_, [this](const Fault& fault) {
    return *started_ns_ + fault.time_ns <= now_ns() && begin_fault(fault);
  });
}

// False: it has to wait.
bool Twin::begin_fault(const Fault& fault) {
  if (fault.kind == FaultKind::reset) return reset_target_in_event();
  noise_.disturb(fault.kind, fault.count);
  if (fault.length_ns <= 0) return true;
  set_fault(fault.kind, true);
  under_way_.push_back({fault.kind, now_ns() + fault.length_ns});
  return true;
}

void Twin::set_fault(FaultKind kind, bool on) {
  if (kind == FaultKind::nack) chip_.set_mute(on);
  if (kind == FaultKind::stall) twi_->hold(on);
  if (kind == FaultKind::gone) chip_.set_present(!on, probe_->now());
  if (kind == FaultKind::overload) target_->set_fault_load(on ? k_overload_a : 0);
}

bool Twin::reset_target_in_event() {
  if (!in_event_ || target_->now_ns() < event_since_ns_ + k_into_event_ns) return false;
  target_->reset();
  truth_.target_reset(target_->now_ns());
  return true;
}

}  // namespace joulemark::twin
