// SPDX-License-Identifier: Apache-2.0
// A capture file of any bytes: every question is answered or refused. The input is a file as it is, or
// patches to the bytes of a good one, or (since checksums stop most of those) other values in its rows with
// checksums that fit.
#include <analysis/capture/capture_file.h>
#include <analysis/capture/capture_reader.h>
#include <analysis/capture/capture_writer.h>
#include <analysis/capture/database.h>
#include <analysis/capture/row_store.h>
#include <analysis/capture/verify.h>

#include <tests/support/temporary_folder.h>

#include <fuzzer/FuzzedDataProvider.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

namespace joulemark {
namespace {

using capture::Database;
using capture::Statement;
using Bytes = std::vector<char>;

void must(const Status& status) {
  if (!status) std::abort();
}

const test::TemporaryFolder& folder() {
  static const test::TemporaryFolder only;
  return only;
}

CaptureInfo small_info() {
  CaptureInfo info;
  info.id = "fuzz";
  info.channels.resize(3);
  info.channels[0].name = "f.current";
  info.channels[0].rate_hz = 10'000;
  info.channels[0].ranges = {{0, 1, 1e-6}};
  info.channels[1].name = "f.voltage";
  info.channels[1].quantity = Quantity::voltage;
  info.channels[1].rate_hz = 100;
  info.channels[2].name = "f.temperature";
  info.channels[2].quantity = Quantity::temperature;
  info.channels[2].timed = true;
  info.lines = {{LineId{0}, "inference"}};
  return info;
}

// One of everything.
Bytes make_capture() {
  const std::string path = folder().file("good.jmk");
  CaptureWriter writer({path, CaptureMode::bulk});
  must(writer.begin(small_info()));
  std::vector<float> values;
  std::vector<TimeNs> stamps;
  for (int i = 0; i < 700; ++i) {
    values.push_back(static_cast<float>(i % 50));
    stamps.push_back(1000 * i + i % 7);
  }
  must(writer.accept(SampleBlock{ChannelId{0}, 0, values, {}}));
  must(writer.accept(SampleBlock{ChannelId{0}, 900, values, {}}));
  must(writer.accept(SampleBlock{ChannelId{1}, 0, std::span(values).first(17), {}}));
  must(writer.accept(SampleBlock{ChannelId{2}, 5, values, stamps}));
  for (int i = 0; i < 20; ++i)
    must(writer.accept(Edge{i * 1000, 5, LineId{0}, i % 2 == 0}));
  must(writer.accept(Marker{"m", MarkerKind::begin, MarkerSource::person, 5}));
  must(writer.accept(Anomaly{AnomalyKind::gap, Severity::data_loss, ChannelId{0}, {1, 2}, 700, 200, "gap"}));
  must(writer.accept(ClockPoint{"utc", 0, 1, 2}));
  must(writer.accept(MetadataItem{"useful", "inference"}));
  must(writer.accept(RawBytes{3, std::as_bytes(std::span("raw bytes"))}));
  must(writer.end(EndReason::completed));
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

const Bytes& good_capture() {
  static const Bytes bytes = make_capture();
  return bytes;
}

void ask_channel(CaptureReader& reader, ChannelId channel) {
  const auto extent = reader.extent(channel);
  if (!extent) return;
  const TimeRange all = extent->time;
  const std::array windows{all, TimeRange{all.begin_ns, all.begin_ns + 1'000'003}};
  (void)reader.integrals(channel, windows, Boundary::fractional);
  (void)reader.integrals(channel, windows, Boundary::whole_samples);
  (void)reader.view(channel, all, 5);
  (void)reader.view(channel, windows[1], 5);
  (void)reader.view(channel, k_all_time, 3);
  if (is_derived(channel)) return;
  (void)reader.read(channel, extent->indices, [](const SampleBlock&) { return Status(); });
  (void)reader.summarize(channel, {extent->indices.begin + 1, extent->indices.end});
}

void ask(CaptureReader& reader) {
  for (std::uint32_t i = 0; i < reader.info().channels.size() && i < 8; ++i)
    ask_channel(reader, ChannelId{i});
  ask_channel(reader, k_power);
  ask_channel(reader, k_current);
  (void)reader.edges(k_all_time, [](std::span<const Edge>) { return Status(); });
  (void)reader.raw_bytes([](const RawBytes&) { return Status(); });
  (void)reader.markers();
  (void)reader.anomalies();
  (void)reader.clock_points();
  (void)reader.metadata();
}

void ask_bytes(std::span<const char> bytes) {
  const auto reader = CaptureReader::from_bytes(std::as_bytes(bytes));
  if (reader) ask(**reader);
}

Bytes patched(FuzzedDataProvider& input) {
  Bytes bytes = good_capture();
  if (input.ConsumeBool()) bytes.resize(input.ConsumeIntegralInRange<std::size_t>(0, bytes.size()));
  while (input.remaining_bytes() > 0 && !bytes.empty()) {
    const auto at = input.ConsumeIntegralInRange<std::size_t>(0, bytes.size() - 1);
    bytes[at] = input.ConsumeIntegral<char>();
  }
  return bytes;
}

// A number, mostly one that has a meaning somewhere.
std::int64_t any_integer(FuzzedDataProvider& input) {
  const std::array<std::int64_t, 12> liked{
      0, 1, 2, -1, 63, 64, 16384, 4096, std::int64_t{1} << 61, std::int64_t{1} << 62, INT64_MAX, INT64_MIN};
  return input.ConsumeBool() ? input.PickValueInArray(liked) : input.ConsumeIntegral<std::int64_t>();
}

Bytes changed(std::span<const std::byte> blob, FuzzedDataProvider& input) {
  Bytes bytes;
  for (const std::byte byte : blob)
    bytes.push_back(static_cast<char>(byte));
  if (input.ConsumeBool()) bytes.resize(input.ConsumeIntegralInRange<std::size_t>(0, 2 * bytes.size() + 8));
  for (int i = input.ConsumeIntegralInRange<int>(0, 4); i > 0 && !bytes.empty(); --i)
    bytes[input.ConsumeIntegralInRange<std::size_t>(0, bytes.size() - 1)] = input.ConsumeIntegral<char>();
  return bytes;
}

struct Table {
  const char* name;
  const char* columns;  // in order, by kind: i integer, d double, t text, b blob; without hash
};

constexpr std::array<Table, 14> k_tables{{{"capture", "ititttttttiii"},
                                          {"channels", "ittdiiddtdtt"},
                                          {"ranges", "iiddd"},
                                          {"lines", "iit"},
                                          {"blocks", "iiiiddddiiiddi"},
                                          {"summaries", "iiiiib"},
                                          {"edges", "iiiib"},
                                          {"markers", "ittti"},
                                          {"anomalies", "ittiiiiit"},
                                          {"clock_points", "itiii"},
                                          {"metadata", "itt"},
                                          {"raw", "iib"},
                                          {"ending", "itiiiiiiiiii"},
                                          {"samples", "ibb"}}};

struct Cell {
  char kind = 'i';
  bool null = false;
  std::int64_t integer = 0;
  double real = 0;
  Bytes bytes;
};

std::vector<Cell> read_cells(const Statement& row, std::string_view kinds) {
  std::vector<Cell> cells;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const int column = static_cast<int>(i);
    Cell cell{kinds[i], row.is_null(column), row.integer(column), row.real(column), {}};
    for (const std::byte byte : row.blob(column))
      cell.bytes.push_back(static_cast<char>(byte));
    cells.push_back(std::move(cell));
  }
  return cells;
}

void change(Cell& cell, FuzzedDataProvider& input) {
  if (cell.kind == 'i') cell.integer = any_integer(input);
  if (cell.kind == 'd') cell.real = input.ConsumeFloatingPoint<double>();
  if (cell.kind == 't' || cell.kind == 'b') cell.bytes = changed(std::as_bytes(std::span(cell.bytes)), input);
}

void bind(Statement& write, int at, const Cell& cell, capture::RowHash& hash) {
  const std::string_view text(cell.bytes.data(), cell.bytes.size());
  if (cell.null) {
    hash.add_null();
    write.bind_null(at);
  } else if (cell.kind == 'i') {
    hash.add(cell.integer);
    write.bind(at, cell.integer);
  } else if (cell.kind == 'd') {
    hash.add(cell.real);
    write.bind(at, cell.real);
  } else if (cell.kind == 't') {
    hash.add(text);
    write.bind(at, text);
  } else {
    hash.add(std::as_bytes(std::span(cell.bytes)));
    write.bind(at, std::as_bytes(std::span(cell.bytes)));
  }
}

// The block's row says what hash its samples have.
void fit_block(Database& db, const std::vector<Cell>& samples) {
  auto select = db.prepare("SELECT * FROM blocks WHERE id=?", "block");
  auto rows = capture::RowStore::open(db);
  if (!select || !rows) return;
  select->bind(1, samples[0].integer);
  const auto found = select->step();
  if (!found || !*found) return;
  capture::BlockRow block = capture::block_of(*select);
  select->reset();
  block.data_hash = capture::data_hash(std::as_bytes(std::span(samples[1].bytes)),
                                       std::as_bytes(std::span(samples[2].bytes)));
  (void)rows->write(block);
  (void)rows->write(capture::Commit{});
}

// Gives a row another value and a hash that fits.
void edit(Database& db, FuzzedDataProvider& input) {
  const Table& table = k_tables[input.ConsumeIntegralInRange<std::size_t>(0, k_tables.size() - 1)];
  const std::string name = table.name;
  auto select = db.prepare(("SELECT * FROM " + name + " LIMIT 1 OFFSET ?").c_str(), name);
  if (!select) return;
  select->bind(1, std::int64_t{input.ConsumeIntegralInRange<int>(0, 12)});
  const auto found = select->step();
  if (!found || !*found) return;
  std::vector<Cell> cells = read_cells(*select, table.columns);
  select->reset();
  change(cells[input.ConsumeIntegralInRange<std::size_t>(1, cells.size() - 1)], input);
  const bool hashed = name != "samples";
  std::string sql = "REPLACE INTO " + name + " VALUES(?";
  for (std::size_t i = hashed ? 0 : 1; i < cells.size(); ++i)
    sql += ",?";
  auto write = db.prepare((sql + ")").c_str(), name);
  if (!write) return;
  capture::RowHash hash;
  for (std::size_t i = 0; i < cells.size(); ++i)
    bind(*write, static_cast<int>(i) + 1, cells[i], hash);
  if (hashed) write->bind(static_cast<int>(cells.size()) + 1, hash.value());
  (void)write->run();
  if (!hashed) fit_block(db, cells);
}

void ask_edited(FuzzedDataProvider& input) {
  const std::string path = folder().file("edited.jmk");
  std::ofstream(path, std::ios::binary)
      .write(good_capture().data(), static_cast<std::streamsize>(good_capture().size()));
  {
    auto db = Database::open(path, Database::Access::write);
    if (!db) std::abort();
    must(db->execute("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF"));
    for (int edits = 0; edits < 4 && input.remaining_bytes() > 0; ++edits)
      edit(*db, input);
  }
  if (input.ConsumeBool()) {
    (void)verify_capture(path);
    return;
  }
  const auto reader = CaptureReader::open(path);
  if (reader) ask(**reader);
}

}  // namespace
}  // namespace joulemark

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedDataProvider input(data, size);
  switch (input.ConsumeIntegralInRange<int>(0, 3)) {
    case 0:
      joulemark::ask_bytes(input.ConsumeRemainingBytes<char>());
      break;
    case 1:
      joulemark::ask_bytes(joulemark::patched(input));
      break;
    default:
      joulemark::ask_edited(input);
  }
  return 0;
}
