/* SPDX-License-Identifier: Apache-2.0 */
#include "kws_front_end.h"

/* cos(2 pi k / 64) in 2^-15, for the bins 3, 4, 6, 8, 10, 12, 14, 16 */
static const int16_t k_cosines[KWS_BANDS] = {31357, 30274, 27246, 23170, 18205, 12540, 6393, 0};

/* 2 cos(w) s, the product's high word taken: no slow shift on an 8-bit machine. */
static int16_t twice(int16_t cosine, int16_t s) {
  return (int16_t)((uint16_t)((uint32_t)((int32_t)cosine * s * 2) >> 16) * 2u);
}

/* In quarters of an octave, between powers of two linear: at most 0.35 below the logarithm. */
static int8_t log2_quarters(uint32_t power) {
  uint8_t octave = 0;
  if (power == 0) return 0;
  while (power >= 256) {
    power >>= 4;
    octave = (uint8_t)(octave + 4);
  }
  while (power >= 8) {
    power >>= 1;
    ++octave;
  }
  while (power < 4) {
    power <<= 1;
    --octave;
  }
  return (int8_t)(4 * (int8_t)(octave + 2) + (int8_t)(power & 3u));
}

static uint32_t band_power(const int8_t* samples, int16_t cosine) {
  int16_t s1 = 0, s2 = 0;
  int32_t power;
  uint8_t i;
  for (i = 0; i < KWS_FRAME_SAMPLES; ++i) {
    const int16_t s = (int16_t)(samples[i] + twice(cosine, s1) - s2);
    s2 = s1;
    s1 = s;
  }
  power = (int32_t)s1 * s1 + (int32_t)s2 * s2 - (int32_t)twice(cosine, s1) * s2;
  return power > 0 ? (uint32_t)power : 0;
}

void kws_features(const int8_t samples[KWS_FRAME_SAMPLES], int8_t features[KWS_BANDS]) {
  uint8_t band;
  for (band = 0; band < KWS_BANDS; ++band)
    features[band] = log2_quarters(band_power(samples, k_cosines[band]));
}

void kws_normalize(int8_t features[KWS_FEATURES]) {
  int8_t loudest = 0;
  uint8_t i;
  for (i = 0; i < KWS_FEATURES; ++i) {
    if (features[i] > loudest) loudest = features[i];
  }
  for (i = 0; i < KWS_FEATURES; ++i) {
    const int16_t below = (int16_t)(features[i] - loudest);
    features[i] = (int8_t)(below < -64 ? -32 : below + 32);
  }
}
