/* SPDX-License-Identifier: Apache-2.0 */
/* From features to a decision: two convolutions of 3 x 3 with eight and four outputs and one dense layer,
   int8 throughout. Portable C99 and C++; weights in kws_weights.h, made by train.py. */
#ifndef KWS_NETWORK_H
#define KWS_NETWORK_H

#include "kws_front_end.h"

#include <stdint.h>

#define KWS_CHANNELS_1 8
#define KWS_CHANNELS_2 4
#define KWS_ACTIVATIONS_1 (KWS_FEATURES * KWS_CHANNELS_1)
#define KWS_ACTIVATIONS_2 (KWS_FEATURES * KWS_CHANNELS_2)

typedef enum { KWS_KEYWORD = 0, KWS_FALLING, KWS_TONE, KWS_NOISE, KWS_CLASSES } kws_class;

/* Memory to work in: the caller's. */
typedef struct {
  int8_t first[KWS_ACTIVATIONS_1];
  int8_t second[KWS_ACTIVATIONS_2];
} kws_workspace;

/* features: normalized, frame after frame. */
kws_class kws_decide(const int8_t features[KWS_FEATURES], kws_workspace* workspace);

#endif
