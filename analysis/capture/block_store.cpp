// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/block_store.h>

#include <fmt/format.h>

#include <algorithm>

namespace joulemark::capture {

Result<BlockStore> BlockStore::open(Database& db) {
  JM_TRY_ASSIGN(Statement select, db.prepare("SELECT data, stamps FROM samples WHERE block=?", "samples"));
  return BlockStore(std::move(select), db.path());
}

Result<std::shared_ptr<const BlockStore::Samples>> BlockStore::get(const BlockRow& block, bool timed) {
  ++clock_;
  const auto kept =
      std::find_if(kept_.begin(), kept_.end(), [&](const Kept& k) { return k.samples && k.id == block.id; });
  if (kept != kept_.end()) {
    kept->used = clock_;
    return kept->samples;
  }
  auto samples = std::make_shared<Samples>();
  Status loaded = load(block, timed, *samples);
  select_.reset();
  if (!loaded && loaded.error().code != ErrorCode::unreadable) return tl::make_unexpected(loaded.error());
  if (!loaded) {
    return fail(ErrorCode::unreadable,
                fmt::format("{}: block {} of channel {} (samples {} to {}): {}; joulemark "
                            "verify --repair keeps the rest",
                            path_, block.id, block.channel, block.first_index,
                            block.first_index + block.count - 1, loaded.error().message));
  }
  Kept& oldest = *std::min_element(kept_.begin(), kept_.end(),
                                   [](const Kept& a, const Kept& b) { return a.used < b.used; });
  oldest = {block.id, clock_, samples};
  return oldest.samples;
}

Status BlockStore::load(const BlockRow& block, bool timed, Samples& samples) {
  select_.bind(1, block.id);
  JM_TRY_ASSIGN(const bool found, select_.step());
  if (!found) return fail(ErrorCode::unreadable, "its samples are missing");
  const std::span<const std::byte> data = select_.blob(0);
  const std::span<const std::byte> stamps = select_.blob(1);
  if (data_hash(data, stamps) != block.data_hash)
    return fail(ErrorCode::unreadable, "its checksum does not fit");
  const auto count = static_cast<std::size_t>(block.count);
  samples.values.resize(count);
  JM_TRY(unpack_samples(data, samples.values));
  if (!timed) return {};
  samples.stamps_ns.resize(count);
  JM_TRY(unpack_stamps(stamps, samples.stamps_ns));
  if (samples.stamps_ns.front() != block.first_ns || samples.stamps_ns.back() != block.last_ns) {
    return fail(ErrorCode::unreadable, "its stamps are not where they should be");
  }
  return {};
}

}  // namespace joulemark::capture
