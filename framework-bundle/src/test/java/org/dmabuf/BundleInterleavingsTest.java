package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.dmabuf.seam.Interleavings;
import org.dmabuf.seam.PlantedBug;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Reference counts, and the stop of a bundle against everything, in every order of their steps; and
 * mistakes that must be found that way.
 */
@SuppressWarnings("StringConcatToTextBlock") // a line of the source is a line here
class BundleInterleavingsTest {
  @ParameterizedTest
  @EnumSource
  void countIsRight(CountPair pair) throws Exception {
    assertThat(Interleavings.check(pair).schedules()).isGreaterThan(1);
  }

  @ParameterizedTest
  @EnumSource
  void stopIsRight(StopPair pair) throws Exception {
    assertThat(Interleavings.check(pair).schedules()).isGreaterThan(1);
  }

  /** A mistake, and the operations that show it. */
  enum Bug {
    PUT_WITHOUT_A_COMPARE_AND_SET(
        CountPair.LAST_PUT_AND_GET,
        "RefCount",
        "      if (COUNT.compareAndSet(this, now, now == 1 ? RELEASED : now - 1)) {\n"
            + "        return",
        "      COUNT.setVolatile(this, now == 1 ? RELEASED : now - 1);\n"
            + "      if (now != 0) {\n"
            + "        return"),
    COMES_BACK_TO_LIFE(
        CountPair.LAST_PUT_AND_GET,
        "RefCount",
        "      COUNT.compareAndSet(this, before + 1, RELEASED);\n" + "      return false;",
        "      return true;"),
    TOO_MANY_NOT_KEPT(
        CountPair.GET_AND_PUT_AT_THE_MOST,
        "RefCount",
        "      if (now > MOST) {\n        return Put.KEPT;\n      }\n",
        "      if (now > MOST) {\n        return Put.LAST;\n      }\n"),
    RETIRED_WITHOUT_AN_EXCHANGE(
        CountPair.RETIRE_AND_PUT,
        "RefCount",
        "    return (int) COUNT.getAndSet(this, RELEASED) > 0;\n",
        "    boolean live = count > 0;\n"
            + "    Seam.step();\n"
            + "    count = RELEASED;\n"
            + "    return live;\n"),
    HANDLE_TAKES_THE_PLACE_OF_ANOTHER(
        CountPair.ADOPT_AND_ADOPT,
        "ClientBuffers",
        "? books.handles().putIfAbsent(buffer.inode(), fresh) == null\n",
        "? books.handles().put(buffer.inode(), fresh) != fresh\n"),
    NOT_LOOKED_AT_AGAIN_IN_THE_BOOKS(
        StopPair.OPEN_CONTEXT,
        "ClientLife",
        "    Seam.step();\n    if (state != State.OPEN) {\n      undo.accept(taken);\n    }\n"
            + "    checkOpen(what);\n",
        ""),
    CALLS_INSIDE_NOT_AWAITED(
        StopPair.ATTACH,
        "CallGate",
        "    if (state.get() == empty) {\n",
        "    if (state.get() == empty || true) {\n"),
    GATE_DOES_NOT_WAKE(StopPair.ATTACH, "CallGate", "        Seam.unpark(waiting);\n", ""),
    RELEASE_DOES_NOT_WAKE(
        StopPair.LAST_PUT_AWAITED, "ReleaseWatch", "    waiting.forEach(Seam::unpark);\n", ""),
    RELEASE_LOOKED_FOR_BEFORE_THE_PLACE(
        StopPair.LAST_PUT_AWAITED,
        "ReleaseWatch",
        "    Seam.step();\n    waiting.add(me);\n    try {\n      while (!so.getAsBoolean()) {\n",
        "    try {\n      while (!so.getAsBoolean()) {\n        Seam.step();\n"
            + "        waiting.add(me);\n");

    private final Enum<?> shownBy;
    private final String source;
    private final String right;
    private final String wrong;

    Bug(Enum<?> shownBy, String source, String right, String wrong) {
      this.shownBy = shownBy;
      this.source = "org/dmabuf/" + source + ".java";
      this.right = right;
      this.wrong = wrong;
    }
  }

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource
  void mistakeIsFound(Bug bug) throws Exception {
    PlantedBug.isFound(
        bug.source,
        bug.right,
        bug.wrong,
        directory,
        bug.shownBy.getDeclaringClass(),
        bug.shownBy.name());
  }
}
