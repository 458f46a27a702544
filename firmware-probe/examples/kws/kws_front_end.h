/* SPDX-License-Identifier: Apache-2.0 */
/* From sound to features, in integers: the power in eight bands of each frame (Goertzel, Amer. Math. Monthly
   65, 1958), as a logarithm. Portable C99 and C++; nothing is kept between calls. */
#ifndef KWS_FRONT_END_H
#define KWS_FRONT_END_H

#include <stdint.h>

#define KWS_FRAME_SAMPLES 64
#define KWS_FRAMES 8
#define KWS_BANDS 8
#define KWS_FEATURES (KWS_FRAMES * KWS_BANDS)

/* Samples in steps of the 8-bit converter, 0 = silence. Each feature is 4 log2(power), where power is |X|^2
   of the band's bin k of the discrete Fourier transform over the frame; 0 below a power of 1. Bins: 3, 4, 6,
   8, 10, 12, 14, 16. */
void kws_features(const int8_t samples[KWS_FRAME_SAMPLES], int8_t features[KWS_BANDS]);

/* Loudness taken out: the loudest of all becomes 32, what lies 48 dB or more below it -32. */
void kws_normalize(int8_t features[KWS_FEATURES]);

#endif
