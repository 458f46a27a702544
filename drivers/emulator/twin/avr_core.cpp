// SPDX-License-Identifier: GPL-3.0-or-later
#include <drivers/emulator/twin/avr_core.h>
#include <drivers/emulator/twin/avr_timer_flags.h>

#include <avr_ioport.h>
#include <avr_uart.h>
#include <sim_avr.h>
#include <sim_cycle_timers.h>
#include <sim_elf.h>

#include <algorithm>
#include <cstdarg>
#include <filesystem>

namespace joulemark::twin {

namespace {

constexpr Cycle k_cycles_per_byte = 10 * k_cycles_per_us;  // 1 Mbaud, 8N1

// The library prints what it does not know to stdout, which is ours.
void say_nothing(avr_t*, int, const char*, va_list) {}

// The library's own sleeps until the wall clock catches up.
void sleep_not_at_all(avr_t*, avr_cycle_count_t) {}

}  // namespace

struct AvrCore::PinChange {
  AvrCore* core;
  char port;
  int bit;
  bool level;
};

Result<std::unique_ptr<AvrCore>> AvrCore::load(const std::string& elf) {
  avr_global_logger_set(say_nothing);
  elf_firmware_t firmware{};
  if (!std::filesystem::exists(elf) || elf_read_firmware(elf.c_str(), &firmware) != 0) {
    return fail(ErrorCode::unreadable, elf + ": no AVR firmware there (an ELF file, not a HEX file)");
  }
  avr_t* avr = avr_make_mcu_by_name("atmega328p");
  if (avr == nullptr || avr_init(avr) != 0) {
    return fail(ErrorCode::internal, "libsimavr knows no ATmega328P");
  }
  avr->frequency = 16'000'000;
  avr->log = LOG_NONE;
  avr_load_firmware(avr, &firmware);
  avr->sleep = sleep_not_at_all;
  cure_timer_flags(avr);
  return std::unique_ptr<AvrCore>(new AvrCore(avr));
}

AvrCore::AvrCore(avr_t* avr) : avr_(avr) {
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

Cycle AvrCore::now() const {
  return avr_->cycle;
}

bool AvrCore::run_until(Cycle end) {
  while (avr_->cycle < end) {
    const int state = avr_run(avr_);
    if (state == cpu_Done || state == cpu_Crashed) return false;
  }
  return true;
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
