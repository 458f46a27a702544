// SPDX-License-Identifier: Apache-2.0
#include <app/recording/standard_streams.h>

#include <fcntl.h>
#include <unistd.h>

namespace joulemark {

void reserve_standard_streams() {
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; ++stream) {
    if (::fcntl(stream, F_GETFD) != -1) continue;
    // The lowest free number is this one.
    static_cast<void>(::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY));
  }
}

}  // namespace joulemark
