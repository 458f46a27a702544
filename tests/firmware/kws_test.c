/* SPDX-License-Identifier: Apache-2.0 */
/* The keyword spotter's arithmetic, against the same in doubles written from the definitions, and what it
   makes of sounds. */
#include "check.h"

#include <kws_front_end.h>
#include <kws_network.h>
#include <math.h>
#include <string.h>

#define KWS_CONSTANT
#include <kws_weights.h>

static const double k_pi = 3.14159265358979323846;
static const double k_rate_hz = 8e6 / 64 / 13;
static const int k_bins[KWS_BANDS] = {3, 4, 6, 8, 10, 12, 14, 16};

static uint32_t random_state = 1;
static double draw(void) {
  random_state = random_state * 1664525u + 1013904223u; /* Numerical Recipes */
  return (random_state >> 8) / 16777216.0;
}
static double draw_between(double low, double high) {
  return low + (high - low) * draw();
}

/* ---- Features ---- */

static double true_quarters(const int8_t* samples, int bin) {
  double re = 0, im = 0;
  int i;
  for (i = 0; i < KWS_FRAME_SAMPLES; ++i) {
    re += samples[i] * cos(2 * k_pi * bin * i / KWS_FRAME_SAMPLES);
    im += samples[i] * sin(2 * k_pi * bin * i / KWS_FRAME_SAMPLES);
  }
  return 4 * log2(re * re + im * im + 1e-9);
}

/* In a fixed-point Goertzel each step is rounded by up to 2; what that makes of a power below 2^16 is noise.
 */
static void features_are_logarithms_of_the_dft(void) {
  int turn, i;
  for (turn = 0; turn < 500; ++turn) {
    int8_t samples[KWS_FRAME_SAMPLES], features[KWS_BANDS];
    const double loud = draw_between(20, 120), cycles = draw_between(1, 20);
    for (i = 0; i < KWS_FRAME_SAMPLES; ++i)
      samples[i] =
          (int8_t)lround(loud * sin(2 * k_pi * cycles * i / KWS_FRAME_SAMPLES) + draw_between(-5, 5));
    kws_features(samples, features);
    for (i = 0; i < KWS_BANDS; ++i) {
      const double truth = true_quarters(samples, k_bins[i]);
      if (truth > 4 * 18) CHECK(features[i] > truth - 2.0 && features[i] < truth + 0.75);
      if (truth < 4 * 12) CHECK(features[i] < 4 * 17);
    }
  }
}

static void the_loudest_samples_do_not_overflow(void) {
  int band, i;
  for (band = 0; band < KWS_BANDS; ++band) {
    int8_t samples[KWS_FRAME_SAMPLES], features[KWS_BANDS];
    for (i = 0; i < KWS_FRAME_SAMPLES; ++i)
      samples[i] = cos(2 * k_pi * k_bins[band] * i / KWS_FRAME_SAMPLES + 0.1) > 0 ? 127 : -128;
    kws_features(samples, features);
    CHECK(fabs(features[band] - true_quarters(samples, k_bins[band])) < 1.5);
  }
}

static void silence_has_no_features(void) {
  int8_t samples[KWS_FRAME_SAMPLES] = {0}, features[KWS_BANDS];
  int i;
  kws_features(samples, features);
  for (i = 0; i < KWS_BANDS; ++i)
    CHECK_EQUAL(0, features[i]);
}

static void normalizing_takes_loudness_out(void) {
  int8_t features[KWS_FEATURES] = {0};
  features[0] = 100;
  features[1] = 60;
  features[2] = 36;
  features[3] = 35;
  kws_normalize(features);
  CHECK_EQUAL(32, features[0]);
  CHECK_EQUAL(-8, features[1]);
  CHECK_EQUAL(-32, features[2]);
  CHECK_EQUAL(-32, features[3]);
  CHECK_EQUAL(-32, features[63]);
}

/* ---- Network ---- */

typedef double Maps[KWS_FRAMES][KWS_BANDS][KWS_CHANNELS_1];

static void true_convolution(Maps in, int inputs, const int8_t* kernels, int outputs, int shift, Maps out) {
  int y, x, o, a, b, i;
  for (y = 0; y < KWS_FRAMES; ++y)
    for (x = 0; x < KWS_BANDS; ++x)
      for (o = 0; o < outputs; ++o) {
        double sum = 0;
        for (a = -1; a <= 1; ++a)
          for (b = -1; b <= 1; ++b)
            for (i = 0; i < inputs; ++i) {
              if (y + a < 0 || y + a >= KWS_FRAMES || x + b < 0 || x + b >= KWS_BANDS) continue;
              sum += in[y + a][x + b][i] * kernels[((o * 3 + a + 1) * 3 + b + 1) * inputs + i];
            }
        out[y][x][o] = fmin(fmax(floor(sum / (1 << shift)), 0), 127);
      }
}

static int true_decision(const int8_t* features) {
  static Maps first, second, third;
  int y, x, o, i, best = 0;
  double scores[KWS_CLASSES];
  for (y = 0; y < KWS_FRAMES; ++y)
    for (x = 0; x < KWS_BANDS; ++x)
      first[y][x][0] = features[y * KWS_BANDS + x];
  true_convolution(first, 1, kws_kernels_1, KWS_CHANNELS_1, KWS_SHIFT_1, second);
  true_convolution(second, KWS_CHANNELS_1, kws_kernels_2, KWS_CHANNELS_2, KWS_SHIFT_2, third);
  for (o = 0; o < KWS_CLASSES; ++o) {
    scores[o] = (double)kws_dense_bias[o] * KWS_DENSE_BIAS_UNIT;
    for (i = 0; i < KWS_ACTIVATIONS_2; ++i) {
      const int cell = i / KWS_CHANNELS_2;
      scores[o] += third[cell / KWS_BANDS][cell % KWS_BANDS][i % KWS_CHANNELS_2] *
                   kws_dense[o * KWS_ACTIVATIONS_2 + i];
    }
    if (scores[o] > scores[best]) best = o;
  }
  return best;
}

static void the_network_computes_what_its_layers_mean(void) {
  static kws_workspace workspace;
  int turn, i, counts[KWS_CLASSES] = {0};
  for (turn = 0; turn < 300; ++turn) {
    int8_t features[KWS_FEATURES];
    for (i = 0; i < KWS_FEATURES; ++i)
      features[i] = (int8_t)draw_between(-32, 33);
    CHECK_EQUAL(true_decision(features), kws_decide(features, &workspace));
    ++counts[true_decision(features)];
  }
  CHECK(counts[KWS_NOISE] < 300); /* else this could not fail */
}

/* ---- Both, on sounds ---- */

static kws_class heard(int rises, double loud) {
  static kws_workspace workspace;
  int8_t features[KWS_FEATURES];
  const double low = draw_between(400, 700), high = draw_between(1700, 2300);
  const double begin = rises ? low : high, end = rises ? high : low, phase = draw_between(0, 6.28);
  const double length_s = KWS_FRAMES * KWS_FRAME_SAMPLES / k_rate_hz;
  int frame, i;
  for (frame = 0; frame < KWS_FRAMES; ++frame) {
    int8_t samples[KWS_FRAME_SAMPLES];
    for (i = 0; i < KWS_FRAME_SAMPLES; ++i) {
      const double t = (frame * KWS_FRAME_SAMPLES + i) / k_rate_hz;
      const double angle = phase + 2 * k_pi * (begin * t + (end - begin) * t * t / (2 * length_s));
      samples[i] = (int8_t)lround(loud * sin(angle) + draw_between(-2, 2));
    }
    kws_features(samples, features + frame * KWS_BANDS);
  }
  kws_normalize(features);
  return kws_decide(features, &workspace);
}

static void a_rising_chirp_is_the_keyword_and_a_falling_one_is_not(void) {
  int turn, missed = 0, false_alarms = 0;
  for (turn = 0; turn < 200; ++turn) {
    missed += heard(1, draw_between(20, 110)) != KWS_KEYWORD;
    false_alarms += heard(0, draw_between(20, 110)) == KWS_KEYWORD;
  }
  printf("of 200 each: %d missed, %d false alarms\n", missed, false_alarms);
  CHECK(missed <= 4);
  CHECK(false_alarms <= 4);
}

static const check_test k_tests[] = {
    CHECK_TEST(features_are_logarithms_of_the_dft),
    CHECK_TEST(the_loudest_samples_do_not_overflow),
    CHECK_TEST(silence_has_no_features),
    CHECK_TEST(normalizing_takes_loudness_out),
    CHECK_TEST(the_network_computes_what_its_layers_mean),
    CHECK_TEST(a_rising_chirp_is_the_keyword_and_a_falling_one_is_not),
};

CHECK_MAIN(k_tests)
