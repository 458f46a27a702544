// SPDX-License-Identifier: GPL-3.0-or-later
#include <drivers/emulator/twin/avr_twi.h>

#include <avr_twi.h>
#include <sim_avr.h>
#include <sim_cycle_timers.h>
#include <sim_interrupts.h>
#include <sim_io.h>
#include <sim_regbit.h>

#include <cstring>

namespace joulemark::twin {

namespace {

constexpr std::uint8_t k_start = 0x08;
constexpr std::uint8_t k_repeated_start = 0x10;
constexpr std::uint8_t k_sla_w_ack = 0x18;
constexpr std::uint8_t k_data_ack = 0x28;

avr_twi_t* find_twi(avr_t* avr) {
  for (avr_io_t* io = avr->io_port; io != nullptr; io = io->next) {
    if (std::strcmp(io->kind, "twi") == 0) return reinterpret_cast<avr_twi_t*>(io);
  }
  return nullptr;
}

// A byte and its acknowledge take nine clocks; a START, repeated or not, about two.
Cycle cycles_to(const avr_t* avr, const avr_twi_t* twi) {
  const unsigned prescaler = 1u << (2 * (avr->data[twi->r_twsr] & 3u));
  const Cycle clock = 16 + 2ull * avr->data[twi->r_twbr] * prescaler;
  const bool is_start = twi->next_twstate == k_start || twi->next_twstate == k_repeated_start;
  return (is_start ? 2 : 9) * clock;
}

}  // namespace

AvrTwi::AvrTwi(AvrCore& core, TwiDevice& device) : core_(core), device_(device) {
  avr_t* avr = core.raw();
  avr_twi_t* twi = find_twi(avr);
  twi_ = twi;
  avr_irq_register_notify(
      avr_io_getirq(avr, AVR_IOCTL_TWI_GETIRQ(0), TWI_IRQ_OUTPUT),
      [](avr_irq_t*, std::uint32_t value, void* self) { static_cast<AvrTwi*>(self)->on_message(value); },
      this);
  avr_register_io_write(
      avr, twi->r_twcr,
      [](avr_t*, avr_io_addr_t, std::uint8_t, void* self) {
        static_cast<AvrTwi*>(self)->after_control_write();
      },
      this);
}

void AvrTwi::on_message(std::uint32_t value) {
  avr_twi_msg_irq_t message;
  message.u.v = value;
  const auto kind = message.u.twi.msg;
  const auto address = static_cast<std::uint8_t>(message.u.twi.addr);
  avr_irq_t* reply = avr_io_getirq(core_.raw(), AVR_IOCTL_TWI_GETIRQ(0), TWI_IRQ_INPUT);
  if ((kind & TWI_COND_START) != 0) {
    address_next_ = true;
    if (device_.start(static_cast<std::uint8_t>(address >> 1), (address & 1) != 0, core_.now())) {
      avr_raise_irq(reply, avr_twi_irq_msg(TWI_COND_ACK, address, 1));
    }
  } else if ((kind & TWI_COND_WRITE) != 0) {
    if (device_.write(message.u.twi.data, core_.now())) {
      avr_raise_irq(reply, avr_twi_irq_msg(TWI_COND_ACK, address, 1));
    }
  } else if ((kind & TWI_COND_READ) != 0) {
    avr_raise_irq(reply, avr_twi_irq_msg(TWI_COND_READ, address, device_.read(core_.now())));
  }
}

// Runs after the library's own handler of a write to TWCR, which may have registered a timer for the state to
// come.
void AvrTwi::after_control_write() {
  avr_t* avr = core_.raw();
  auto* twi = static_cast<avr_twi_t*>(twi_);
  avr_clear_interrupt(avr, &twi->twi);
  avr_regbit_clear(avr, twi->twi.raised);  // writing a one to TWINT clears it; the library leaves it
  if (address_next_ && twi->next_twstate == k_data_ack) twi->next_twstate = k_sla_w_ack;
  address_next_ = false;
  for (auto* slot = avr->cycle_timers.timer; slot != nullptr; slot = slot->next) {
    if (slot->param != twi) continue;
    const auto timer = slot->timer;
    avr_cycle_timer_cancel(avr, timer, twi);
    if (!held_) avr_cycle_timer_register(avr, cycles_to(avr, twi), timer, twi);
    break;
  }
}

}  // namespace joulemark::twin
