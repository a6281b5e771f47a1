package org.dmabuf.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.dmabuf.seam.Interleavings;
import org.dmabuf.seam.PlantedBug;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Operations on sync objects, each pair in every order of its steps, and mistakes that must be
 * found that way.
 */
@SuppressWarnings("StringConcatToTextBlock") // a line of the source is a line here
class SyncObjInterleavingsTest {
  @ParameterizedTest
  @EnumSource
  void isRightInWhateverOrder(SyncObjPair pair) throws Exception {
    assertThat(Interleavings.check(pair).schedules()).isGreaterThan(1);
  }

  /** A mistake, and the operations that show it. */
  enum Bug {
    SUBMITTER_DOES_NOT_WAKE(
        SyncObjPair.WAIT_FOR_SUBMIT_AND_REPLACE, "SyncWait", "      Seam.unpark(thread);\n", ""),
    FENCE_THAT_CAME_LATER_NOT_LISTENED_TO(
        SyncObjPair.WAIT_FOR_SUBMIT_AND_REPLACE,
        "SyncWait",
        "    while (true) {\n      listen();\n",
        "    listen();\n    while (true) {\n"),
    LOOKED_FOR_BEFORE_IT_IS_WATCHED(
        SyncObjPair.WAIT_FOR_SUBMIT_AND_SIGNAL,
        "SyncObj",
        "      now = fence;\n      if (!FenceChain.hasPoint(now, watcher.point())) {\n",
        "      now = null;\n      if (!FenceChain.hasPoint(now, watcher.point())) {\n"),
    WATCHER_LEFT_ON_THE_LIST(SyncObjPair.EVENT_AND_ADD, "SyncObj", "        all.remove();\n", ""),
    POINT_LOST(
        SyncObjPair.ADD_AND_ADD,
        "SyncObj",
        "    Seam.step();\n    synchronized (this) {\n      last = fence == null"
            + " ? FenceChain.of(next, point) : FenceChain.of(fence, next, point);\n",
        "    DmaFence before = fence;\n    Seam.step();\n    synchronized (this) {\n"
            + "      last = before == null"
            + " ? FenceChain.of(next, point) : FenceChain.of(before, next, point);\n"),
    EVENT_TOLD_TWICE(
        SyncObjPair.EVENT_AND_SIGNAL,
        "SyncObjEvent",
        "        || !found.addCallback(",
        "        || found.addCallback(");

    private final SyncObjPair shownBy;
    private final String source;
    private final String right;
    private final String wrong;

    Bug(SyncObjPair shownBy, String source, String right, String wrong) {
      this.shownBy = shownBy;
      this.source = "org/dmabuf/sync/" + source + ".java";
      this.right = right;
      this.wrong = wrong;
    }
  }

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource
  void mistakeIsFound(Bug bug) throws Exception {
    PlantedBug.isFound(
        bug.source, bug.right, bug.wrong, directory, SyncObjPair.class, bug.shownBy.name());
  }
}
