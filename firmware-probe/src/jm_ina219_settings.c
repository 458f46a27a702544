/* SPDX-License-Identifier: Apache-2.0 */
#include "jm_ina219_settings.h"

#define MUST_BE_5 0xC005u /* no reset, nothing in the bit without meaning, mode 5 or 7 */
#define BUS_32_V 0x2000u

/* Conversion times by the codes of SADC and BADC: below 8 for 9 to 12 bits, then 12 bits averaged over
 * 2^(code - 8). */
static const uint16_t k_single_us[4] = {84, 148, 276, 532};

static uint8_t shunt_code(const jm_settings* settings) {
  return (settings->sensor_config >> 3) & 15u;
}
static uint8_t bus_code(const jm_settings* settings) {
  return (settings->sensor_config >> 7) & 15u;
}

static uint32_t conversion_ns(uint8_t code) {
  if (code >= 8) return (uint32_t)532000 << (code - 8);
  return (uint32_t)1000 * k_single_us[code & 3u];
}

static uint16_t pace(uint8_t code) {
  const unsigned single = JM_COARSE(532ul * JM_TICKS_PER_US);
  return (uint16_t)(code >= 8 ? single << (code - 8) : single);
}

uint16_t jm_ina219_pace(const jm_settings* settings) {
  uint16_t sum = pace(shunt_code(settings));
  if (jm_ina219_mode(settings) == JM_INA219_BOTH) sum = (uint16_t)(sum + pace(bus_code(settings)));
  return sum;
}

uint8_t jm_ina219_mode(const jm_settings* settings) {
  return settings->sensor_config & JM_INA219_MODE_MASK;
}

int16_t jm_ina219_shunt_limit(const jm_settings* settings) {
  return (int16_t)(4000 << ((settings->sensor_config >> 11) & 3u));
}

/* Up to 276 us, below 12 bits. */
uint8_t jm_ina219_outpaces_reading(const jm_settings* settings) {
  const uint8_t code = shunt_code(settings);
  return code < 8 && (code & 3u) != 3;
}

/* ---- jm_sensor.h: what does not touch the device ---- */

uint32_t jm_sensor_capabilities(void) {
  return JM_WIRE_CAN_CONFIGURE | JM_WIRE_CAN_MEASURE_BUS | JM_WIRE_CAN_KEEP_SETTINGS | JM_WIRE_NEVER_STALE;
}

uint8_t jm_sensor_kind(void) {
  return JM_WIRE_INA219;
}

void jm_sensor_defaults(jm_settings* settings) {
  settings->shunt_uohm = 100000;
  settings->sensor_config = 0x399D; /* 32 V, 320 mV, 12 bit, shunt continuously */
  settings->bus_every = 0;
  settings->sensor_address = 0x40;
}

uint8_t jm_sensor_accepts(const jm_settings* settings) {
  if ((settings->sensor_config & MUST_BE_5) != 5 || (settings->sensor_address & 0xF0) != 0x40) return 0;
  if (jm_ina219_mode(settings) == JM_INA219_SHUNT) return 1;
  /* With both, a short shunt conversion could end before the old one is read, and then be read again. */
  return settings->bus_every == 0 && !jm_ina219_outpaces_reading(settings);
}

static int16_t bus_limit(const jm_settings* settings) {
  return settings->sensor_config & BUS_32_V ? 8000 : 4000;
}

uint32_t jm_sensor_conversion_ns(const jm_settings* settings, uint8_t index) {
  return conversion_ns(index == 0 ? shunt_code(settings) : bus_code(settings));
}

jm_wire_channel jm_sensor_channel(const jm_settings* settings, uint8_t index) {
  jm_wire_channel channel;
  channel.quantity = JM_WIRE_BUS_VOLTAGE;
  channel.lsb_nv = 4000000;
  channel.lowest_code = 0;
  channel.highest_code = bus_limit(settings);
  channel.conversion_ns = jm_sensor_conversion_ns(settings, index);
  channel.lag_ticks = JM_I2C_READ_TICKS;
  if (index == 0) {
    channel.quantity = JM_WIRE_SHUNT_VOLTAGE;
    channel.lsb_nv = 10000;
    channel.highest_code = jm_ina219_shunt_limit(settings);
    channel.lowest_code = (int16_t)-channel.highest_code;
    if (jm_ina219_outpaces_reading(settings)) {
      /* The stamp may come a little later than the chip took the code over: one byte, and what interrupts
       * take. */
      channel.lag_ticks =
          (uint16_t)(k_single_us[shunt_code(settings) & 3u] * JM_TICKS_PER_US + JM_I2C_READ_TICKS / 4);
    }
  }
  return channel;
}
