// SPDX-License-Identifier: GPL-3.0-or-later
#include <drivers/emulator/twin/avr_timer_flags.h>

#include <avr_timer.h>
#include <sim_avr.h>
#include <sim_core.h>
#include <sim_interrupts.h>
#include <sim_io.h>

#include <cstdint>
#include <cstring>

namespace joulemark::twin {

namespace {

avr_timer_t* find_timer(avr_t* avr, char name) {
  for (avr_io_t* io = avr->io_port; io != nullptr; io = io->next) {
    auto* timer = reinterpret_cast<avr_timer_t*>(io);
    if (std::strcmp(io->kind, "timer") == 0 && timer->name == name) return timer;
  }
  return nullptr;
}

void clear_if_written(avr_t* avr, avr_int_vector_t& vector, std::uint8_t written) {
  if ((written >> vector.raised.bit & 1) != 0) avr_clear_interrupt(avr, &vector);
}

void write_flags(avr_t* avr, avr_io_addr_t, std::uint8_t written, void* param) {
  auto& timer = *static_cast<avr_timer_t*>(param);
  clear_if_written(avr, timer.overflow, written);
  clear_if_written(avr, timer.icr, written);
  for (auto& unit : timer.comp) {
    if (unit.interrupt.vector != 0) clear_if_written(avr, unit.interrupt, written);
  }
}

}  // namespace

void cure_timer_flags(avr_t* avr) {
  avr_timer_t* timer = find_timer(avr, '1');
  auto& handler = avr->io[AVR_DATA_TO_IO(timer->overflow.raised.reg)].w;
  handler.c = write_flags;
  handler.param = timer;
}

}  // namespace joulemark::twin
