/* SPDX-License-Identifier: Apache-2.0 */
/* The on-chip converter as the probe's sensor: channel A0 against the 1.1 V reference, started by timer 1
   every millisecond. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr_port.h>
#include <jm_sensor.h>

#define PERIOD_TICKS 2000u /* 1 ms */
#define HOLD_TICKS 24u     /* the input is held 1.5 clocks of 125 kHz after the start */
#define GAIN 50u
#define LSB_NV (1100000000ul / 1024 / GAIN)

static volatile uint8_t running;
static uint16_t started;

uint32_t jm_sensor_capabilities(void) {
  return JM_WIRE_CAN_KEEP_SETTINGS | JM_WIRE_NEVER_STALE;
}
uint8_t jm_sensor_kind(void) {
  return JM_WIRE_ON_CHIP_ADC;
}

void jm_sensor_defaults(jm_settings* settings) {
  settings->shunt_uohm = 500000;
}

uint8_t jm_sensor_accepts(const jm_settings* settings) {
  return settings->sensor_config == 0 && settings->bus_every == 0 && settings->sensor_address == 0;
}

uint32_t jm_sensor_conversion_ns(const jm_settings* settings, uint8_t index) {
  (void)settings;
  (void)index;
  return 0; /* a point in time */
}

jm_wire_channel jm_sensor_channel(const jm_settings* settings, uint8_t index) {
  const jm_wire_channel channel = {JM_WIRE_SHUNT_VOLTAGE, LSB_NV, 0, 1023, 0, 1};
  (void)settings;
  (void)index;
  return channel;
}

void jm_sensor_init(void) {
  ADMUX = (uint8_t)((1u << REFS1) | (1u << REFS0));
  ADCSRA = (uint8_t)((1u << ADEN) | (1u << ADIE) | (1u << ADPS2) | (1u << ADPS1) | (1u << ADPS0));
}

void jm_sensor_start(jm_probe* probe) {
  const uint8_t before = jm_port_lock();
  (void)probe;
  running = 1;
  OCR1B = (uint16_t)(TCNT1 + PERIOD_TICKS);
  TIFR1 = (uint8_t)(1u << OCF1B);
  TIMSK1 |= (uint8_t)(1u << OCIE1B);
  jm_port_unlock(before);
}

void jm_sensor_stop(jm_probe* probe) {
  (void)probe;
  running = 0;
}

uint8_t jm_sensor_is_idle(void) {
  return !(ADCSRA & (1u << ADSC));
}
void jm_sensor_watch(jm_probe* probe) {
  (void)probe;
}

ISR(TIMER1_COMPB_vect) {
  OCR1B = (uint16_t)(OCR1B + PERIOD_TICKS);
  if (!running) {
    TIMSK1 &= (uint8_t) ~(1u << OCIE1B);
    return;
  }
  started = TCNT1;
  ADCSRA |= (uint8_t)(1u << ADSC);
}

ISR(ADC_vect) {
  const uint16_t code = ADC;
  jm_sample sample;
  if (!running) return;
  sample.ticks = avr_clock_extend(started) + HOLD_TICKS;
  sample.codes[0] = (int16_t)code;
  sample.channels = 1;
  if (code == 0 || code == 1023) jm_probe_count(&the_probe, JM_WIRE_OVER_RANGE);
  jm_probe_push_sample(&the_probe, &sample);
}
