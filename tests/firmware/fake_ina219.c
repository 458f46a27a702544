/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_ina219.h"

#include <string.h>

#define MOST_CONVERSIONS 200000

static struct {
  uint8_t absent, silent, ready, pointer;
  unsigned nacks, percent;
  uint16_t config, shunt, bus;
  uint64_t begun; /* of the conversion under way */
  int16_t offset; /* code = number of the conversion + offset */
  uint32_t conversions;
  uint64_t ended[MOST_CONVERSIONS];
} chip;

static uint64_t conversion_ticks(unsigned code) {
  static const unsigned k_us[16] = {84,  148,  276,  532,  84,   148,   276,   532,
                                    532, 1060, 2130, 4260, 8510, 17020, 34050, 68100};
  return (uint64_t)k_us[code & 15] * 2 * chip.percent / 100;
}

static unsigned mode(void) {
  return chip.config & 7u;
}

static uint64_t period(void) {
  uint64_t ticks = 0;
  if (mode() & 1u) ticks += conversion_ticks(chip.config >> 3);
  if (mode() & 2u) ticks += conversion_ticks(chip.config >> 7);
  return ticks;
}

static void convert(uint64_t time) {
  const int limit = 4000 << ((chip.config >> 11) & 3);
  int code;
  ++chip.conversions;
  if (chip.conversions < MOST_CONVERSIONS) chip.ended[chip.conversions] = time;
  code = (int)chip.conversions + chip.offset;
  if (code > limit) code = limit;
  if (code < -limit) code = -limit;
  if (mode() & 1u) chip.shunt = (uint16_t)code;
  if (mode() & 2u) chip.bus = (uint16_t)(((chip.conversions % 4000u) << 3) & 0xFFFFu);
  chip.ready = 1;
  if (!(mode() & 4u)) chip.silent = 1; /* triggered: once */
}

static void catch_up(uint64_t now) {
  while (!chip.silent && mode() != 0 && now >= chip.begun + period()) {
    chip.begun += period();
    convert(chip.begun);
  }
}

static uint16_t read_register(void) {
  switch (chip.pointer) {
    case 0:
      return chip.config;
    case 1:
      return chip.shunt;
    case 2:
      return (uint16_t)(chip.bus | (chip.ready ? 2u : 0u));
    default:
      chip.ready = 0;
      return 0;
  }
}

static void configure(uint16_t value, uint64_t time) {
  chip.config = value & 0x8000u ? 0x399F : value;
  chip.begun = time;
  chip.ready = 0;
  chip.silent = 0;
}

void fake_ina219_reset(void) {
  memset(&chip, 0, sizeof chip);
  chip.percent = 100;
  chip.config = 0x399F;
}

jm_i2c_outcome fake_ina219(jm_i2c_transfer* transfer, uint64_t latched, uint64_t end) {
  if (chip.absent || transfer->address != 0x40) return JM_I2C_FAILED;
  if (chip.nacks > 0) {
    --chip.nacks;
    return JM_I2C_FAILED;
  }
  if (transfer->write_size > 0) chip.pointer = transfer->write[0];
  if (transfer->write_size == 3 && chip.pointer == 0) {
    catch_up(end);
    configure((uint16_t)(transfer->write[1] << 8 | transfer->write[2]), end);
  }
  if (transfer->read_size == 2) {
    uint16_t value;
    catch_up(latched);
    value = read_register();
    transfer->read[0] = (uint8_t)(value >> 8);
    transfer->read[1] = (uint8_t)(value & 0xFF);
  }
  return JM_I2C_DONE;
}

void fake_ina219_set_present(uint8_t present) {
  if (present && chip.absent) configure(0x399F, host_now());
  chip.absent = !present;
}

void fake_ina219_nack(unsigned transfers) {
  chip.nacks = transfers;
}
void fake_ina219_slow_down(unsigned percent) {
  chip.percent = percent;
}
void fake_ina219_brown_out(void) {
  configure(0x399F, host_now());
}
void fake_ina219_fall_silent(void) {
  chip.silent = 1;
}
void fake_ina219_set_codes_from(int16_t first) {
  chip.offset = (int16_t)(first - (int16_t)chip.conversions - 1);
}
uint16_t fake_ina219_config(void) {
  return chip.config;
}
uint64_t fake_ina219_ended(uint32_t conversion) {
  return chip.ended[conversion];
}
