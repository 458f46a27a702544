// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/instrument/sample_column.h>
