// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/capture/block_directory.h>
#include <analysis/capture/database.h>

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace joulemark::capture {

// Reads and decodes blocks; the last few stay in memory. One thread at a time.
class BlockStore {
 public:
  struct Samples {
    std::vector<float> values;
    std::vector<TimeNs> stamps_ns;
  };

  [[nodiscard]] static Result<BlockStore> open(Database& db);

  // Valid until the pointer is dropped. Errors: unreadable, naming the block.
  [[nodiscard]] Result<std::shared_ptr<const Samples>> get(const BlockRow& block, bool timed);

 private:
  struct Kept {
    std::int64_t id = 0;
    std::uint64_t used = 0;
    std::shared_ptr<const Samples> samples;
  };

  explicit BlockStore(Statement select, std::string path)
      : select_(std::move(select)), path_(std::move(path)) {}
  [[nodiscard]] Status load(const BlockRow& block, bool timed, Samples& samples);

  Statement select_;
  std::string path_;
  std::array<Kept, 24> kept_;
  std::uint64_t clock_ = 0;
};

}  // namespace joulemark::capture
