// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/ina219/chip/conversion_clock.h>
