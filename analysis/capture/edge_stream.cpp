// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/codec.h>
#include <analysis/capture/edge_stream.h>
#include <analysis/capture/schema.h>

#include <fmt/format.h>

#include <algorithm>
#include <queue>
#include <tuple>

namespace joulemark::capture {
namespace {

constexpr std::size_t k_most_open_rows = 2048;

struct OpenRow {
  std::int64_t id = 0;
  std::vector<Edge> edges;
  std::size_t at = 0;

  [[nodiscard]] auto order() const { return std::tuple(edges[at].time_ns, id); }
};

struct Later {
  const std::vector<OpenRow>* rows;
  bool operator()(std::size_t a, std::size_t b) const { return (*rows)[a].order() > (*rows)[b].order(); }
};

bool known(const CaptureInfo& info, LineId line) {
  return std::any_of(info.lines.begin(), info.lines.end(), [&](const Line& l) { return l.id == line; });
}

}  // namespace

Result<std::vector<Edge>> edges_of(const Statement& row, const CaptureInfo& info) {
  const std::int64_t count = row.integer(1);
  if (count < 1 || count > static_cast<std::int64_t>(k_edges_per_row)) {
    return fail(ErrorCode::unreadable, "an impossible count");
  }
  JM_TRY_ASSIGN(std::vector<Edge> edges, unpack_edges(row.blob(4), static_cast<std::size_t>(count)));
  if (edges.front().time_ns != row.integer(2) || edges.back().time_ns != row.integer(3)) {
    return fail(ErrorCode::unreadable, "edges are not where they should be");
  }
  for (const Edge& edge : edges) {
    if (!known(info, edge.line))
      return fail(ErrorCode::unreadable, "an edge on a line that was not announced");
  }
  return edges;
}

Result<EdgeStream> EdgeStream::open(Database& db, const CaptureInfo& info,
                                    const std::optional<Ending>& ending) {
  JM_TRY_ASSIGN(Statement select, db.prepare("SELECT * FROM edges WHERE id=?", "edges"));
  EdgeStream stream(std::move(select), db.path(), info);
  JM_TRY(stream.scan(db));
  if (ending && (ending->totals.edges != stream.edges_ ||
                 ending->totals.edge_rows != static_cast<std::int64_t>(stream.rows_.size()))) {
    return fail(ErrorCode::unreadable, fmt::format("{}: {} of {} edges are there, the rest is lost",
                                                   db.path(), stream.edges_, ending->totals.edges));
  }
  return stream;
}

Status EdgeStream::scan(Database& db) {
  JM_TRY_ASSIGN(Statement all, db.prepare("SELECT * FROM edges", "edges"));
  for (;;) {
    JM_TRY_ASSIGN(const bool more, all.next());
    if (!more) break;
    const RowPlace row{all.integer(0), all.integer(1), all.integer(2), all.integer(3)};
    if (row.count < 1 || row.count > static_cast<std::int64_t>(k_edges_per_row) ||
        row.first_ns > row.last_ns) {
      return fail(ErrorCode::unreadable,
                  fmt::format("{}: edges {}: an impossible count or time", path_, row.id));
    }
    if (row.id != static_cast<std::int64_t>(rows_.size()) + 1) {
      return fail(ErrorCode::unreadable, fmt::format("{}: edges {} are missing", path_, rows_.size() + 1));
    }
    rows_.push_back(row);
    edges_ += row.count;
  }
  std::sort(rows_.begin(), rows_.end(), [](const RowPlace& a, const RowPlace& b) {
    return std::tie(a.first_ns, a.id) < std::tie(b.first_ns, b.id);
  });
  return {};
}

Result<std::vector<Edge>> EdgeStream::load(const RowPlace& row) {
  select_.bind(1, row.id);
  JM_TRY_ASSIGN(const bool found, select_.next());
  if (!found) return fail(ErrorCode::unreadable, fmt::format("{}: edges {}: gone", path_, row.id));
  auto edges = edges_of(select_, *info_);
  select_.reset();
  if (!edges) return fail_at(fmt::format("{}: edges {}", path_, row.id), edges.error());
  return edges;
}

Status EdgeStream::visit(TimeRange range, const SampleSource::EdgeVisitor& visit) {
  std::vector<OpenRow> open;
  std::vector<std::size_t> unused;
  std::priority_queue<std::size_t, std::vector<std::size_t>, Later> next(Later{&open});
  std::vector<Edge> batch;
  auto row = rows_.begin();
  for (;;) {
    while (row != rows_.end() && row->first_ns < range.end_ns &&
           (next.empty() || row->first_ns <= std::get<0>(open[next.top()].order()))) {
      const RowPlace& place = *row++;
      if (place.last_ns < range.begin_ns) continue;
      if (unused.empty() && open.size() == k_most_open_rows) {
        return fail(ErrorCode::unreadable, path_ + ": too many edge rows overlap in time");
      }
      if (unused.empty()) {
        unused.push_back(open.size());
        open.emplace_back();
      }
      JM_TRY_ASSIGN(std::vector<Edge> edges, load(place));
      open[unused.back()] = {place.id, std::move(edges), 0};
      next.push(unused.back());
      unused.pop_back();
    }
    if (next.empty()) break;
    const std::size_t slot = next.top();
    next.pop();
    OpenRow& from = open[slot];
    const Edge edge = from.edges[from.at++];
    if (edge.time_ns >= range.end_ns) break;
    if (edge.time_ns >= range.begin_ns) batch.push_back(edge);
    if (batch.size() == k_edges_per_row) {
      JM_TRY(visit(batch));
      batch.clear();
    }
    (from.at < from.edges.size()) ? next.push(slot) : unused.push_back(slot);
  }
  return batch.empty() ? Status() : visit(batch);
}

}  // namespace joulemark::capture
