/* SPDX-License-Identifier: Apache-2.0 */
/* Every port of jm_marker_port.h compiled against a fake of its vendor's headers, as C99 and as C++, and seen
   to move the right pins. TEST_PORT_... chooses. */
#define JM_MARKER_LINES 3
#define JM_MARKER_CODED
#define JM_MARKER_STROBE
#ifndef FIRST
#define FIRST 2
#endif
#define JM_MARKER_FIRST_PIN FIRST

#if defined(TEST_PORT_avr_old)
#define __AVR_ATmega32__
#define TEST_PORT_avr
#define TEST_NO_TOGGLING
#endif
#if defined(TEST_PORT_avr)
#define JM_MARKER_PORT_AVR D
#elif defined(TEST_PORT_arduino)
#ifdef TEST_TOO_FEW_PINS
#define JM_MARKER_PORT_ARDUINO \
  { 2, 3, 4 }
#else
#define JM_MARKER_PORT_ARDUINO \
  { 2, 3, 4, 5 }
#endif
#elif defined(TEST_PORT_stm32)
#include <stm32.h>
#define JM_MARKER_PORT_STM32 GPIOB
#elif defined(TEST_PORT_nrf)
#include <nrf.h>
#define JM_MARKER_PORT_NRF NRF_P0
#elif defined(TEST_PORT_rp2040)
#define JM_MARKER_PORT_RP2040
#elif defined(TEST_PORT_esp_idf)
#define JM_MARKER_PORT_ESP_IDF
#elif defined(TEST_PORT_zephyr)
#include <zephyr/drivers/gpio.h>
static struct device fake_device;
#define JM_MARKER_PORT_ZEPHYR (&fake_device)
#elif defined(TEST_PORT_linux)
#define JM_MARKER_PORT_LINUX -1 /* no such handle: it must compile, and do no harm */
#endif

#include <tests/firmware/check.h>

#include <jm_marker.h>

JM_MARKER_EVENT(outer, 5)
JM_MARKER_EVENT(inner, 2)

/* What the pins are after the registers were written. */
static uint32_t pins;
static uint32_t pins_now(void) {
#if defined(TEST_PORT_avr)
#ifndef TEST_NO_TOGGLING
  PORTD ^= PIND; /* a one written to PINx toggles */
#endif
  PIND = 0;
  pins = PORTD;
#elif defined(TEST_PORT_stm32)
  pins = (pins | (fake_gpio.BSRR & 0xFFFFu)) & ~(fake_gpio.BSRR >> 16);
#elif defined(TEST_PORT_nrf)
  pins = (pins & ~fake_gpio.OUTCLR) | fake_gpio.OUTSET;
#elif defined(TEST_PORT_esp_idf)
  pins = (pins & ~fake_registers[GPIO_OUT_W1TC_REG]) | fake_registers[GPIO_OUT_W1TS_REG];
#elif defined(TEST_PORT_zephyr)
  pins = fake_device.levels;
#elif defined(TEST_PORT_arduino) || defined(TEST_PORT_rp2040)
  pins = fake_levels_now;
#endif
  return pins >> FIRST;
}

static void lines_are_driven_and_others_left_alone(void) {
  static const uint32_t k_levels[][2] = {{0x7, 0x5}, {0x8, 0x8}, {0x7, 0x2},
                                         {0x2, 0x0}, {0xF, 0xF}, {0x8, 0x0}};
  uint32_t expected = 0;
  unsigned i;
  jm_marker_port_setup(0xF);
  for (i = 0; i < sizeof k_levels / sizeof k_levels[0]; ++i) {
    jm_marker_port_put((uint16_t)k_levels[i][0], (uint16_t)k_levels[i][1]);
    expected = (expected & ~k_levels[i][0]) | k_levels[i][1];
#ifndef TEST_PORT_linux
    CHECK_EQUAL(expected, pins_now());
    CHECK_EQUAL(0, pins & 3u);
#endif
  }
  (void)pins_now;
  (void)expected;
}

#if defined(TEST_PORT_avr)
static void interrupts_stay_as_they_were(void) {
  SREG = 0x80;
  jm_marker_port_put(0x7, 0x5);
  CHECK_EQUAL(0x80, SREG);
}
#endif

#if defined(TEST_PORT_arduino)
static void no_code_is_left_by_way_of_0(void) {
  jm_marker_port_put(0x7, 0x1);
  fake_times_all_low = 0;
  jm_marker_port_put(0x7, 0x2);
  jm_marker_port_put(0x7, 0x5);
  CHECK_EQUAL(0, fake_times_all_low);
  jm_marker_port_put(0x7, 0);
  CHECK_EQUAL(1, fake_times_all_low);
}
#endif

static void markers_compile(void) {
  jm_marker_setup();
  jm_marker_begin(outer);
  jm_marker_begin(inner);
  jm_marker_end(inner);
  jm_marker_end(outer);
}

static const check_test k_tests[] = {CHECK_TEST(lines_are_driven_and_others_left_alone),
#if defined(TEST_PORT_avr)
                                     CHECK_TEST(interrupts_stay_as_they_were),
#endif
#if defined(TEST_PORT_arduino)
                                     CHECK_TEST(no_code_is_left_by_way_of_0),
#endif
                                     CHECK_TEST(markers_compile)};
CHECK_MAIN(k_tests)
