// SPDX-License-Identifier: GPL-3.0-or-later
#include <drivers/emulator/twin/avr_core.h>
#include <drivers/emulator/twin/avr_elf.h>
#include <drivers/emulator/twin/avr_timer_flags.h>

#include <avr_adc.h>
#include <avr_ioport.h>
#include <avr_uart.h>
#include <sim_avr.h>
#include <sim_cycle_timers.h>
#include <sim_elf.h>
#include <sim_io.h>

#include <algorithm>
#include <cstdarg>
#include <utility>

// libsimavr keeps what it reads of an ELF file and its interrupt lines until the process ends.
extern "C" const char* __lsan_default_suppressions() {  // NOLINT(bugprone-reserved-identifier)
  return "leak:libsimavr";
}

namespace joulemark::twin {

namespace {

constexpr Cycle k_cycles_per_byte = 10 * k_cycles_per_us;  // 1 Mbaud, 8N1

// The library prints what it does not know to stdout, which is ours.
void say_nothing(avr_t*, int, const char*, va_list) {}

}  // namespace

struct AvrCore::PinChange {
  AvrCore* core;
  char port;
  int bit;
  bool level;
};

struct AvrCore::PinWatch {
  AvrCore* core;
  TellPin tell;
  bool level;
};

struct AvrCore::RegisterWatch {
  AvrCore* core;
  TellRegister tell;
};

Result<std::unique_ptr<AvrCore>> AvrCore::load(const std::string& elf, std::uint32_t clock_hz) {
  avr_global_logger_set(say_nothing);
  elf_firmware_t firmware{};
  JM_TRY(check_avr_elf(elf));
  if (elf_read_firmware(elf.c_str(), &firmware) != 0)
    return fail(ErrorCode::unreadable, elf + ": not AVR firmware for an ATmega328P: it cannot be read");
  avr_t* avr = avr_make_mcu_by_name("atmega328p");
  if (avr == nullptr || avr_init(avr) != 0) {
    return fail(ErrorCode::internal, "libsimavr knows no ATmega328P");
  }
  avr->frequency = clock_hz;
  avr->log = LOG_NONE;
  avr->vcc = avr->avcc = avr->aref = 5000;
  avr_load_firmware(avr, &firmware);
  cure_timer_flags(avr);
  return std::unique_ptr<AvrCore>(new AvrCore(avr));
}

AvrCore::AvrCore(avr_t* avr) : avr_(avr) {
  avr->custom.data = this;
  avr->sleep = &AvrCore::fall_asleep;
  connect_serial();
}

AvrCore::~AvrCore() {
  avr_terminate(avr_);
}

void AvrCore::connect_serial() {
  std::uint32_t flags = 0;
  avr_ioctl(avr_, AVR_IOCTL_UART_SET_FLAGS('0'), &flags);
  avr_irq_register_notify(
      avr_io_getirq(avr_, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_OUTPUT),
      [](avr_irq_t*, std::uint32_t value, void* self) {
        auto& core = *static_cast<AvrCore*>(self);
        if (core.take_serial_) core.take_serial_(static_cast<std::uint8_t>(value));
      },
      this);
}

// Called at every leap of a sleeping core. The library's own sleeps until the wall clock catches up.
void AvrCore::fall_asleep(avr_t* avr, std::uint64_t) {
  auto& core = *static_cast<AvrCore*>(avr->custom.data);
  if (core.asleep_) return;
  core.asleep_ = true;
  if (core.tell_sleep_) core.tell_sleep_(avr->cycle, true);
}

Cycle AvrCore::now() const {
  return avr_->cycle;
}

void AvrCore::limit_leaps(Cycle cycles) {
  longest_leap_ = cycles;
  avr_cycle_timer_register(avr_, cycles, &AvrCore::end_leap, this);
}

std::uint64_t AvrCore::end_leap(avr_t*, std::uint64_t when, void* self) {
  return when + static_cast<AvrCore*>(self)->longest_leap_;
}

void AvrCore::set_stride(Cycle cycles) {
  avr_->run_cycle_limit = cycles;
}

bool AvrCore::run_until(Cycle end) {
  while (avr_->cycle < end) {
    const int state = avr_run(avr_);
    if (state == cpu_Done || state == cpu_Crashed) return false;
    if (asleep_ && state == cpu_Running) {
      asleep_ = false;
      if (tell_sleep_) tell_sleep_(avr_->cycle, false);
    }
  }
  return true;
}

void AvrCore::reset() {
  avr_reset(avr_);
  asleep_ = false;
  if (longest_leap_ > 0) limit_leaps(longest_leap_);
  pin_changes_.clear();
  for (const auto& watch : pin_watches_)
    watch->level = false;
}

void AvrCore::on_pin(char port, int bit, TellPin tell) {
  pin_watches_.push_back(std::make_unique<PinWatch>(PinWatch{this, std::move(tell), false}));
  avr_irq_register_notify(
      avr_io_getirq(avr_, AVR_IOCTL_IOPORT_GETIRQ(port), bit),
      [](avr_irq_t*, std::uint32_t value, void* param) {
        auto& watch = *static_cast<PinWatch*>(param);
        const bool level = (value & 1) != 0;
        if (std::exchange(watch.level, level) != level) watch.tell(watch.core->now(), level);
      },
      pin_watches_.back().get());
}

void AvrCore::on_register(std::uint16_t address, TellRegister tell) {
  register_watches_.push_back(std::make_unique<RegisterWatch>(RegisterWatch{this, std::move(tell)}));
  avr_register_io_write(
      avr_, address,
      [](avr_t* avr, avr_io_addr_t at, std::uint8_t value, void* param) {
        auto& watch = *static_cast<RegisterWatch*>(param);
        avr->data[at] = value;
        watch.tell(avr->cycle, value);
      },
      register_watches_.back().get());
}

void AvrCore::set_supply_mv(std::uint32_t millivolts) {
  avr_->vcc = avr_->avcc = avr_->aref = millivolts;
}

void AvrCore::on_conversion(std::function<std::uint32_t(Cycle)> millivolts) {
  millivolts_ = std::move(millivolts);
  avr_irq_register_notify(
      avr_io_getirq(avr_, AVR_IOCTL_ADC_GETIRQ, ADC_IRQ_OUT_TRIGGER),
      [](avr_irq_t*, std::uint32_t, void* self) {
        auto& core = *static_cast<AvrCore*>(self);
        avr_raise_irq(avr_io_getirq(core.avr_, AVR_IOCTL_ADC_GETIRQ, ADC_IRQ_ADC0),
                      core.millivolts_(core.now()));
      },
      this);
}

std::uint8_t AvrCore::register_at(std::uint16_t address) const {
  return avr_->data[address];
}

void AvrCore::send_serial(std::span<const std::uint8_t> bytes) {
  const bool idle = incoming_at_ == incoming_.size();
  incoming_.insert(incoming_.end(), bytes.begin(), bytes.end());
  if (idle && !bytes.empty()) {
    avr_cycle_timer_register(avr_, k_cycles_per_byte, &AvrCore::next_serial_byte, this);
  }
}

std::uint64_t AvrCore::next_serial_byte(avr_t* avr, std::uint64_t when, void* self) {
  auto& core = *static_cast<AvrCore*>(self);
  avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_UART_GETIRQ('0'), UART_IRQ_INPUT),
                core.incoming_[core.incoming_at_++]);
  return core.incoming_at_ < core.incoming_.size() ? when + k_cycles_per_byte : 0;
}

void AvrCore::set_pin_at(Cycle cycle, char port, int bit, bool level) {
  pin_changes_.push_back(std::make_unique<PinChange>(PinChange{this, port, bit, level}));
  const Cycle wait = cycle > avr_->cycle ? cycle - avr_->cycle : 0;
  avr_cycle_timer_register(avr_, wait, &AvrCore::apply_pin, pin_changes_.back().get());
}

std::uint64_t AvrCore::apply_pin(avr_t* avr, std::uint64_t, void* param) {
  auto* change = static_cast<PinChange*>(param);
  avr_raise_irq(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ(change->port), change->bit),
                change->level ? 1 : 0);
  std::erase_if(change->core->pin_changes_, [change](const auto& kept) { return kept.get() == change; });
  return 0;
}

}  // namespace joulemark::twin
