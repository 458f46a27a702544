/* SPDX-License-Identifier: Apache-2.0 */
#include "kws_network.h"

#ifdef __AVR__
#include <avr/pgmspace.h>
#define KWS_CONSTANT PROGMEM
#define KWS_WEIGHT(at) ((int8_t)pgm_read_byte(at))
#define KWS_BIAS(at) ((int16_t)pgm_read_word(at))
#else
#define KWS_CONSTANT
#define KWS_WEIGHT(at) (*(at))
#define KWS_BIAS(at) (*(at))
#endif

#include "kws_weights.h"

/* One cell under one kernel's cell. 16 bits hold it: eight times 127 times 32, which no kernel weight
 * exceeds. */
static int16_t multiply(const int8_t* cell, const int8_t* weight, uint8_t inputs) {
  int16_t sum = 0;
  do {
    sum = (int16_t)(sum + *cell++ * KWS_WEIGHT(weight++));
  } while (--inputs);
  return sum;
}

/* A map of 8 x 8 cells with `inputs` values each, zero around it. */
typedef struct {
  const int8_t* cells;
  uint8_t inputs;
} kws_map;

static int32_t convolve_at(kws_map map, uint8_t row, uint8_t column, const int8_t* kernel) {
  int32_t sum = 0;
  uint8_t dy, dx;
  for (dy = 0; dy < 3; ++dy) {
    for (dx = 0; dx < 3; ++dx, kernel += map.inputs) {
      const uint8_t y = (uint8_t)(row + dy - 1u), x = (uint8_t)(column + dx - 1u);
      if (y >= KWS_FRAMES || x >= KWS_BANDS) continue;
      sum += multiply(map.cells + (uint16_t)(y * KWS_BANDS + x) * map.inputs, kernel, map.inputs);
    }
  }
  return sum;
}

/* Divided by 2^shift, rounded down, 0 to 127. */
static int8_t rectify(int32_t sum, uint8_t shift) {
  if (sum <= 0) return 0;
  sum >>= shift;
  return (int8_t)(sum > 127 ? 127 : sum);
}

static void convolve(kws_map map, const int8_t* kernels, uint8_t shift, int8_t* out, uint8_t outputs) {
  uint8_t row, column, channel;
  for (row = 0; row < KWS_FRAMES; ++row) {
    for (column = 0; column < KWS_BANDS; ++column) {
      for (channel = 0; channel < outputs; ++channel) {
        const int8_t* kernel = kernels + (uint16_t)channel * 9u * map.inputs;
        *out++ = rectify(convolve_at(map, row, column, kernel), shift);
      }
    }
  }
}

static int32_t dense_at(const int8_t* activations, uint8_t output) {
  const int8_t* weight = kws_dense + (uint16_t)output * KWS_ACTIVATIONS_2;
  int32_t sum = (int32_t)KWS_BIAS(&kws_dense_bias[output]) * KWS_DENSE_BIAS_UNIT;
  uint16_t i;
  for (i = 0; i < KWS_ACTIVATIONS_2; ++i)
    sum += (int16_t)(activations[i] * KWS_WEIGHT(weight++));
  return sum;
}

kws_class kws_decide(const int8_t features[KWS_FEATURES], kws_workspace* workspace) {
  const kws_map first = {features, 1};
  const kws_map second = {workspace->first, KWS_CHANNELS_1};
  int32_t best = INT32_MIN;
  uint8_t output, decision = 0;
  convolve(first, kws_kernels_1, KWS_SHIFT_1, workspace->first, KWS_CHANNELS_1);
  convolve(second, kws_kernels_2, KWS_SHIFT_2, workspace->second, KWS_CHANNELS_2);
  for (output = 0; output < KWS_CLASSES; ++output) {
    const int32_t score = dense_at(workspace->second, output);
    if (score <= best) continue;
    best = score;
    decision = output;
  }
  return (kws_class)decision;
}
