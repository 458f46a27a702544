// SPDX-License-Identifier: Apache-2.0
// The system drops all locks of a process on a file when it closes any descriptor of it.
#include <analysis/capture/capture_reader.h>
#include <analysis/capture/capture_writer.h>
#include <analysis/capture/database.h>
#include <analysis/capture/file_digest.h>
#include <analysis/capture/file_head.h>

#include <tests/support/temporary_folder.h>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

namespace joulemark {
namespace {

using capture::Database;

class FileLocks : public ::testing::Test {
 protected:
  void SetUp() override {
    CaptureWriter writer({.path = path, .mode = CaptureMode::bulk});
    CaptureInfo info;
    info.channels.resize(1);
    info.channels[0].name = "test.current";
    info.channels[0].rate_hz = 1000;
    ASSERT_TRUE(writer.begin(info));
    ASSERT_TRUE(writer.accept(MetadataItem{"note", "x"}));
    ASSERT_TRUE(writer.accept(SampleBlock{ChannelId{0}, 0, std::vector<float>(5000, 1.5F), {}}));
    ASSERT_TRUE(writer.end(EndReason::completed));
  }

  // Asked by another process, as one is not told of one's own locks.
  [[nodiscard]] bool locked() const {
    const pid_t asker = ::fork();
    if (asker == 0) {
      struct flock lock {};
      lock.l_type = F_WRLCK;
      lock.l_whence = SEEK_SET;
      const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
      const bool asked = ::fcntl(descriptor, F_GETLK, &lock) == 0;
      ::_exit(asked && lock.l_type != F_UNLCK ? 1 : 0);
    }
    int status = 0;
    EXPECT_EQ(::waitpid(asker, &status, 0), asker);
    return WEXITSTATUS(status) == 1;
  }

  test::TemporaryFolder folder;
  std::string path = folder.file("locks.jmk");
};

TEST_F(FileLocks, OfAChangeStayWhateverReadsTheFileMeanwhile) {
  auto db = Database::open(path, Database::Access::write);
  ASSERT_TRUE(db);
  ASSERT_FALSE(locked());
  ASSERT_TRUE(db->execute("BEGIN IMMEDIATE; DELETE FROM metadata"));
  ASSERT_TRUE(locked());
  EXPECT_GT(capture::read_file_head(path).bytes, 0);
  EXPECT_TRUE(locked()) << "after its head was read";
  EXPECT_TRUE(sha256_of_capture(path));
  EXPECT_TRUE(locked()) << "after its digest was taken";
  EXPECT_TRUE(CaptureReader::open(path));
  EXPECT_TRUE(locked()) << "after it was opened to be read";
  ASSERT_TRUE(db->execute("COMMIT"));
}

TEST_F(FileLocks, AFileThatIsWrittenJustNowIsBusyAndNotDamaged) {
  const auto reader = std::move(CaptureReader::open(path, {}).value());
  ASSERT_TRUE(reader->extent(ChannelId{0}));
  auto db = Database::open(path, Database::Access::write);
  ASSERT_TRUE(db->execute("BEGIN EXCLUSIVE"));
  const auto nothing = [](const SampleBlock&) { return Status(); };
  const Status read = reader->read(ChannelId{0}, {0, 100}, nothing);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::busy);
  EXPECT_THAT(read.error().message, testing::Not(testing::HasSubstr("repair")));
  const auto opened = CaptureReader::open(path, {});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, ErrorCode::busy);
  EXPECT_THAT(opened.error().message, testing::Not(testing::HasSubstr("repair")));
  ASSERT_TRUE(db->execute("COMMIT"));
  EXPECT_TRUE(reader->read(ChannelId{0}, {0, 100}, nothing));
}

TEST_F(FileLocks, TheDigestIsThatOfTheBytes) {
  std::FILE* theirs = ::popen(("sha256sum < '" + path + "'").c_str(), "r");
  ASSERT_NE(theirs, nullptr);
  std::string digest(64, ' ');
  EXPECT_EQ(std::fread(digest.data(), 1, digest.size(), theirs), digest.size());
  EXPECT_EQ(::pclose(theirs), 0);
  EXPECT_EQ(sha256_of_capture(path).value(), digest);
}

}  // namespace
}  // namespace joulemark
