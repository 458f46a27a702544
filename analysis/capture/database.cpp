// SPDX-License-Identifier: Apache-2.0
#include <analysis/capture/database.h>

#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>
#include <xxhash.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace joulemark::capture {
namespace {

// Nothing a capture holds is longer: blocks stay below 256 KiB, metadata below 8 MiB.
constexpr int k_longest_value = 16 << 20;

ErrorCode code_of(int result) {
  switch (result & 0xFF) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
    case SQLITE_ERROR:
    case SQLITE_SCHEMA:
      return ErrorCode::unreadable;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PERM:
    case SQLITE_READONLY:
      return ErrorCode::busy;
    default:
      return ErrorCode::io;
  }
}

std::string words_of(sqlite3* db, int result) {
  if (result == SQLITE_READONLY_ROLLBACK)
    return "a change to it was broken off, and the file beside it that ends in -journal tells how to undo "
           "it: "
           "joulemark verify --repair does, where it may write";
  if ((result & 0xFF) == SQLITE_FULL) return "no space left on the disk";
  if ((result & 0xFF) == SQLITE_BUSY) return "another program is using it";
  if ((result & 0xFF) == SQLITE_NOTADB) return "not a capture (no SQLite database)";
  const int system = db != nullptr ? sqlite3_system_errno(db) : 0;
  const bool from_system = (result & 0xFF) == SQLITE_IOERR || (result & 0xFF) == SQLITE_CANTOPEN;
  if (from_system && system != 0) return std::strerror(system);
  const char* const told = db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(result);
  if ((result & 0xFF) == SQLITE_CORRUPT) return fmt::format("the file is damaged inside (SQLite: {})", told);
  const bool strange = code_of(result) == ErrorCode::unreadable;
  return fmt::format("{} (SQLite: {})",
                     strange ? "what is in the file is not what a capture holds" : "the database failed",
                     told);
}

// SQLite's own errno is that of its last attempt, made with fewer rights.
bool not_permitted(const std::string& path, int access_mode) {
  const std::string folder = std::filesystem::absolute(path).parent_path().string();
  const std::string& asked = ::access(path.c_str(), F_OK) == 0 ? path : folder;
  return ::access(asked.c_str(), access_mode) != 0 && (errno == EACCES || errno == EROFS);
}

// To read a -wal file SQLite has to make a -shm beside it.
bool wants_a_place_to_write(sqlite3* db, int result) {
  const char* path = db != nullptr ? sqlite3_db_filename(db, "main") : nullptr;
  if (path == nullptr || ((result & 0xFF) != SQLITE_CANTOPEN && (result & 0xFF) != SQLITE_IOERR))
    return false;
  std::error_code none;
  const std::uintmax_t bytes = std::filesystem::file_size(std::string(path) + "-wal", none);
  return !none && bytes > 0 && not_permitted(std::string(path) + "-shm", W_OK);
}

tl::unexpected<Error> failure(sqlite3* db, int result, const std::string& where) {
  if (wants_a_place_to_write(db, result)) {
    return fail(ErrorCode::busy,
                where +
                    ": its recording was not closed, and its -wal file can only be read where you may "
                    "write; copy both to such a folder");
  }
  return fail(code_of(result), fmt::format("{}: {}", where, words_of(db, result)));
}

// To SQLite ":memory:" and "file:..." are no names of files.
std::string file_name(const std::string& path) {
  return path.starts_with('/') ? path : "./" + path;
}

}  // namespace

std::uint64_t hash_of(std::span<const std::byte> bytes, std::uint64_t seed) {
  return XXH3_64bits_withSeed(bytes.data(), bytes.size(), seed);
}

void RowHash::add(double value) {
  add('d', std::bit_cast<std::uint64_t>(value + 0.0));
}

void RowHash::add(std::string_view text) {
  add('t', hash_of(std::as_bytes(std::span(text))));
}

void RowHash::add(std::uint64_t tag, std::uint64_t bits) {
  const std::array<std::uint64_t, 2> item{tag, bits};
  state_ = hash_of(std::as_bytes(std::span(item)), state_);
}

Statement::Statement(sqlite3* db, sqlite3_stmt* handle, std::string label)
    : db_(db), handle_(handle), label_(std::move(label)) {}

Statement::~Statement() {
  sqlite3_finalize(handle_);
}

Statement::Statement(Statement&& other) noexcept
    : db_(other.db_), handle_(std::exchange(other.handle_, nullptr)), label_(std::move(other.label_)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(db_, other.db_);
  std::swap(handle_, other.handle_);
  std::swap(label_, other.label_);
  return *this;
}

// A failed bind leaves the parameter NULL, which the table's NOT NULL then refuses: the run reports it.
void Statement::bind(int at, std::int64_t value) {
  sqlite3_bind_int64(handle_, at, value);
}

void Statement::bind(int at, double value) {
  sqlite3_bind_double(handle_, at, value);
}

void Statement::bind(int at, std::string_view text) {
  sqlite3_bind_text64(handle_, at, text.data() != nullptr ? text.data() : "", text.size(), SQLITE_STATIC,
                      SQLITE_UTF8);
}

void Statement::bind(int at, std::span<const std::byte> bytes) {
  if (bytes.empty()) {
    sqlite3_bind_zeroblob(handle_, at, 0);
  } else {
    sqlite3_bind_blob64(handle_, at, bytes.data(), bytes.size(), SQLITE_STATIC);
  }
}

void Statement::bind_null(int at) {
  sqlite3_bind_null(handle_, at);
}

Status Statement::run() {
  Result<bool> more = step();
  while (more && *more)
    more = step();
  if (!more) return tl::make_unexpected(std::move(more).error());
  return {};
}

Result<bool> Statement::step() {
  const int result = sqlite3_step(handle_);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) {
    sqlite3_reset(handle_);
    return false;
  }
  auto error = failure(db_, result, label_);
  sqlite3_reset(handle_);
  return error;
}

Result<bool> Statement::next() {
  JM_TRY_ASSIGN(const bool more, step());
  if (more && !intact()) {
    auto error =
        fail(ErrorCode::unreadable,
             fmt::format("{} {}: damaged (its checksum does not fit); joulemark verify --repair tells "
                         "what is still good",
                         label_, integer(0)));
    reset();
    return error;
  }
  return more;
}

bool Statement::intact() const {
  RowHash hash;
  const int last = sqlite3_column_count(handle_) - 1;
  for (int column = 0; column < last; ++column) {
    switch (sqlite3_column_type(handle_, column)) {
      case SQLITE_INTEGER:
        hash.add(integer(column));
        break;
      case SQLITE_FLOAT:
        hash.add(real(column));
        break;
      case SQLITE_TEXT:
        hash.add(std::string_view(text(column)));
        break;
      case SQLITE_BLOB:
        hash.add(blob(column));
        break;
      default:
        hash.add_null();
    }
  }
  return sqlite3_column_type(handle_, last) == SQLITE_INTEGER && hash.value() == integer(last);
}

void Statement::reset() {
  sqlite3_reset(handle_);
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_, column);
}

double Statement::real(int column) const {
  return sqlite3_column_double(handle_, column);
}

std::string Statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

std::span<const std::byte> Statement::blob(int column) const {
  const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(handle_, column));
  if (data == nullptr) return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

void Database::Close::operator()(sqlite3* db) const {
  sqlite3_close_v2(db);
}

void Database::harden() {
  sqlite3_extended_result_codes(db_.get(), 1);
  sqlite3_limit(db_.get(), SQLITE_LIMIT_LENGTH, k_longest_value);
  sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
}

// With a writable schema SQLite believes the length of the file rather than its header.
void Database::accept_cut_off() {
  sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_DEFENSIVE, 0, nullptr);
  sqlite3_db_config(db_.get(), SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1, nullptr);
}

void Database::heed(std::stop_token stop) {
  constexpr int k_operations = 200;  // a statement that is used again goes on counting
  stop_ = std::make_unique<std::stop_token>(std::move(stop));
  sqlite3_progress_handler(
      db_.get(), k_operations,
      [](void* asked) { return static_cast<std::stop_token*>(asked)->stop_requested() ? 1 : 0; },
      stop_.get());
}

void Database::set_patience(std::chrono::milliseconds patience) {
  sqlite3_busy_timeout(db_.get(), static_cast<int>(patience.count()));
}

namespace {

// Null for a database in memory.
sqlite3_file* file_of(sqlite3* db) {
  const char* path = sqlite3_db_filename(db, "main");
  sqlite3_file* file = nullptr;
  if (path == nullptr || *path == '\0' ||
      sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, static_cast<void*>(&file)) != SQLITE_OK)
    return nullptr;
  return file != nullptr && file->pMethods != nullptr ? file : nullptr;
}

}  // namespace

std::optional<std::int64_t> Database::file_bytes() const {
  sqlite3_file* file = file_of(db_.get());
  sqlite3_int64 bytes = 0;
  if (file == nullptr || file->pMethods->xFileSize(file, &bytes) != SQLITE_OK) return std::nullopt;
  return bytes;
}

bool Database::read_file(std::int64_t at, std::span<std::byte> into) const {
  sqlite3_file* file = file_of(db_.get());
  return file != nullptr &&
         file->pMethods->xRead(file, into.data(), static_cast<int>(into.size()), at) == SQLITE_OK;
}

// SQLite folds a -wal into whatever file it finds beside it, also into a closed capture that was put in the
// place of a recording that had been killed. Bytes 18 and 19 of a database say whether it uses one.
Status Database::refuse_foreign_log() const {
  std::error_code none;
  if (std::filesystem::file_size(path_ + "-wal", none) == 0 || none) return {};
  std::array<std::byte, 20> head{};
  if (!read_file(0, head) || head[18] != std::byte{1} || head[19] != std::byte{1}) return {};
  return fail(ErrorCode::unreadable,
              path_ + ": is a closed capture, but beside it lies the log of another recording, " + path_ +
                  "-wal; move that file away (it may hold the other recording's latest data)");
}

Result<Database> Database::open(const std::string& path, Access access) {
  int flags = SQLITE_OPEN_NOMUTEX;
  const bool reads = access == Access::read || access == Access::salvage;
  if (reads) flags |= SQLITE_OPEN_READONLY;
  if (access == Access::write) flags |= SQLITE_OPEN_READWRITE;
  if (access == Access::create) flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* raw = nullptr;
  const int result = sqlite3_open_v2(file_name(path).c_str(), &raw, flags, nullptr);
  Database db(raw, path);
  if ((result & 0xFF) == SQLITE_CANTOPEN && not_permitted(path, reads ? R_OK : W_OK)) {
    return fail(ErrorCode::busy, path + ": permission denied");
  }
  if (result != SQLITE_OK) return failure(raw, result, path);
  if (access != Access::create) JM_TRY(db.refuse_foreign_log());
  db.harden();
  if (access == Access::salvage) db.accept_cut_off();
  return db;
}

Result<Database> Database::in_memory() {
  sqlite3* raw = nullptr;
  const int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int result = sqlite3_open_v2(":memory:", &raw, flags, nullptr);
  Database db(raw, "a database in memory");
  if (result != SQLITE_OK) return failure(raw, result, db.path_);
  db.harden();
  return db;
}

Result<Database> Database::from_bytes(std::span<const std::byte> bytes) {
  JM_TRY_ASSIGN(Database db, in_memory());
  auto* copy = static_cast<unsigned char*>(sqlite3_malloc64(std::max<std::size_t>(bytes.size(), 1)));
  if (copy == nullptr) return fail(ErrorCode::io, "out of memory");
  if (!bytes.empty()) std::memcpy(copy, bytes.data(), bytes.size());
  const auto size = static_cast<sqlite3_int64>(bytes.size());
  const int result = sqlite3_deserialize(db.db_.get(), "main", copy, size, size,
                                         SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY);
  if (result != SQLITE_OK) return failure(db.db_.get(), result, db.path_);
  return db;
}

Status Database::take_alone() {
  Status alone = execute("PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT");
  if (alone || alone.error().code != ErrorCode::busy) return alone;
  return fail(ErrorCode::busy, path_ + ": another program is recording or reading it; nothing was changed");
}

Status Database::execute(const char* sql) {
  const int result = sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) return failure(db_.get(), result, path_);
  return {};
}

Result<Statement> Database::prepare(const char* sql, std::string_view label) {
  sqlite3_stmt* handle = nullptr;
  const int result = sqlite3_prepare_v3(db_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  if (result != SQLITE_OK) return failure(db_.get(), result, path_);
  return Statement(db_.get(), handle, fmt::format("{}: {}", path_, label));
}

Result<std::int64_t> Database::integer(const char* sql) {
  JM_TRY_ASSIGN(Statement statement, prepare(sql, "structure"));
  JM_TRY_ASSIGN(const bool found, statement.step());
  return found ? statement.integer(0) : 0;
}

void Database::watch_log(LogWatcher watcher) {
  watcher_ = std::make_unique<LogWatcher>(std::move(watcher));
  const auto call = [](void* function, sqlite3*, const char*, int pages) {
    (*static_cast<LogWatcher*>(function))(std::int64_t{pages} * k_page_size);
    return SQLITE_OK;
  };
  sqlite3_wal_hook(db_.get(), call, watcher_.get());
}

bool Database::in_transaction() const {
  return sqlite3_get_autocommit(db_.get()) == 0;
}

bool Database::moved() const {
  int moved = 0;
  return sqlite3_file_control(db_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0;
}

// A failure is that of the statements within as well, which report it.
ReadTransaction::ReadTransaction(Database& db)
    : db_(!db.in_transaction() && db.execute("BEGIN") ? &db : nullptr) {}

ReadTransaction::~ReadTransaction() {
  if (db_ != nullptr) (void)db_->execute("COMMIT");
}

}  // namespace joulemark::capture
