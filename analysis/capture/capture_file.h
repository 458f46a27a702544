// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/capture/block_directory.h>
#include <analysis/capture/block_store.h>
#include <analysis/capture/info_rows.h>
#include <analysis/model/rail.h>

#include <map>
#include <memory>
#include <optional>

namespace joulemark::capture {

// An open capture file: what it says of itself, and its directories as they are first needed.
class CaptureFile {
 public:
  // Errors: unreadable, capability (a newer version), io, busy.
  [[nodiscard]] static Result<CaptureFile> open(Database db);

  [[nodiscard]] Database& db() { return db_; }
  [[nodiscard]] const CaptureInfo& info() const { return info_; }
  [[nodiscard]] const std::optional<Ending>& ending() const { return ending_; }
  [[nodiscard]] BlockStore& store() { return *store_; }

  // Of a stored channel, or k_power where it is current x voltage (its indices are the current's).
  [[nodiscard]] Result<const BlockDirectory*> directory(ChannelId channel);

 private:
  explicit CaptureFile(Database db) : db_(std::move(db)) {}
  [[nodiscard]] Status load_directories();
  [[nodiscard]] Status make_power(const Derivation& power);
  [[nodiscard]] Result<BlockRow> sum_power(const Derivation& power, std::size_t k);

  Database db_;
  CaptureInfo info_;
  std::optional<Ending> ending_;
  std::optional<BlockStore> store_;
  std::vector<std::unique_ptr<BlockDirectory>> directories_;  // by channel; empty until loaded
  std::vector<BlockRow> power_rows_;                          // until power is asked for
  std::unique_ptr<BlockDirectory> power_;
};

// Whether it is the capture called id. Errors: unreadable, when another one was put in its place.
[[nodiscard]] Status check_id(const Database& db, const CaptureInfo& info, const std::string& id);

[[nodiscard]] BlockRow block_of(const Statement& row);

// Every block row of the file, checked, grouped by channel and sorted: the derived power's last.
[[nodiscard]] Result<std::vector<std::vector<BlockRow>>> read_blocks(Database& db, std::size_t channels,
                                                                     const std::optional<Ending>& ending);

}  // namespace joulemark::capture
