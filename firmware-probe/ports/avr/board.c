/* SPDX-License-Identifier: Apache-2.0 */
/* What the board is, what outlives its power, and its watchdog. */
#include "avr_port.h"

#include <avr/eeprom.h>
#include <avr/io.h>
#include <avr/wdt.h>

/* EEPROM: the number of the last boot, then what the core keeps. */
#define BOOT_AT ((void*)0)
#define KEPT_AT ((void*)2)

/* Survives the clearing of .bss; a watchdog that has bitten stays on until it is told off, hence so early. */
static uint8_t reset_flags __attribute__((section(".noinit")));
void avr_note_reset(void) __attribute__((naked, used, section(".init3")));
void avr_note_reset(void) {
  reset_flags = MCUSR;
  MCUSR = 0;
  wdt_disable();
}

/* 0 when a boot loader has cleared the flags: then the cause is not known. */
static uint8_t cause_of(uint8_t flags) {
  if (flags & (1u << PORF)) return JM_WIRE_RESET_POWER_ON;
  if (flags & (1u << WDRF)) return JM_WIRE_RESET_WATCHDOG;
  if (flags & (1u << BORF)) return JM_WIRE_RESET_BROWN_OUT;
  return flags & (1u << EXTRF) ? JM_WIRE_RESET_EXTERNAL : JM_WIRE_RESET_UNKNOWN;
}

uint8_t jm_port_reset_cause(void) {
  return cause_of(reset_flags);
}

static uint16_t boot;
uint16_t jm_port_boot(void) {
  return boot;
}

void avr_board_begin(void) {
  eeprom_read_block(&boot, BOOT_AT, sizeof boot);
  ++boot;
  eeprom_update_block(&boot, BOOT_AT, sizeof boot);
}

void jm_port_load(uint8_t* bytes, uint8_t size) {
  eeprom_read_block(bytes, KEPT_AT, size);
}
void jm_port_save(const uint8_t* bytes, uint8_t size) {
  eeprom_update_block(bytes, KEPT_AT, size);
}

void avr_watchdog_begin(void) {
  wdt_enable(WDTO_500MS);
}
void jm_port_kick_watchdog(void) {
  wdt_reset();
}
