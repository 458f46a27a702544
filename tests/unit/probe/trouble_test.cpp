// SPDX-License-Identifier: Apache-2.0
// Damage on the line, a probe that is reset or pulled, a sensor that fails: each is told, and what remains is
// true.
#include <tests/unit/probe/board.h>

#include <gmock/gmock.h>

namespace joulemark::probe::test {
namespace {

using testing::IsEmpty;
using testing::Not;

TEST(ProbeTrouble, AProbeThatIsPulledForGoodEndsTheRecording) {
  Board board;
  board.at(k_s, [&] { board.unplug(); });
  const auto recorded = record(board, 60 * k_s, {"patience=2s"});
  ASSERT_TRUE(recorded->end);
  EXPECT_EQ(*recorded->end, EndReason::unplugged);
  EXPECT_THAT(recorded->samples(ChannelId{0}), Not(IsEmpty()));
}

}  // namespace
}  // namespace joulemark::probe::test
