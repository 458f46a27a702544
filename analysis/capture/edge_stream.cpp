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

}  // namespace

Result<EdgeStream> EdgeStream::open(Database& db, const CaptureInfo& info,
                                    const std::optional<Ending>& ending) {
  JM_TRY_ASSIGN(Statement select, db.prepare("SELECT * FROM edges WHERE id=?", "edges"));
  EdgeStream stream(std::move(select), db.path());
  stream.known_lines_.resize(256);
  for (const Line& line : info.lines)
    stream.known_lines_[line.id.value] = true;
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
  auto edges = unpack_edges(select_.blob(4), static_cast<std::size_t>(row.count));
  select_.reset();
  const bool fits = edges && edges->front().time_ns == row.first_ns && edges->back().time_ns == row.last_ns &&
                    std::all_of(edges->begin(), edges->end(),
                                [this](const Edge& edge) { return known_lines_[edge.line.value]; });
  if (fits) return edges;
  return fail(ErrorCode::unreadable,
              fmt::format("{}: edges {}: {}", path_, row.id,
                          edges ? std::string("times or lines do not fit") : edges.error().message));
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
