package org.dmabuf.fence;

import java.nio.file.Path;
import org.dmabuf.seam.PlantedBug;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the interleavings of fences are worth: each of these mistakes must be found. */
@SuppressWarnings("StringConcatToTextBlock") // a line of the source is a line here
class PlantedFenceBugsTest {
  /** A mistake, and the operations that show it. */
  enum Bug {
    CALLBACK_RUN_TWICE(
        "SIGNAL+FAIL+ADD",
        "Completion",
        "      Node seen = (Node) HEAD.compareAndExchange(this, was, CLAIMED);\n",
        "      Node seen = was;\n      HEAD.setVolatile(this, CLAIMED);\n"),
    CALLBACK_LOST_AT_THE_SIGNAL(
        "ADD+SIGNAL",
        "Completion",
        "      Node seen = (Node) HEAD.compareAndExchange(this, now, node);\n",
        "      Node seen = now;\n      HEAD.setVolatile(this, node);\n"),
    CALLBACK_LOST_AT_A_REMOVAL(
        "ADD+REMOVE",
        "Completion",
        "if (HEAD.compareAndSet(this, now, without(now, found))) {",
        "HEAD.setVolatile(this, without(now, found));\n      if (true) {"),
    REMOVED_AND_STILL_CALLED(
        "REMOVE+SIGNAL",
        "Completion",
        "if (HEAD.compareAndSet(this, now, without(now, found))) {",
        "if (HEAD.compareAndSet(this, now, without(now, found)) || true) {"),
    NEWER_ONES_REMOVED_AS_WELL(
        "ADD_AND_REMOVE+ADD", "Completion", "    return kept;\n", "    return place.next;\n"),
    CALLED_IN_THE_WRONG_ORDER(
        "ADD_TWICE+SIGNAL",
        "Completion",
        "    for (Node node = oldest; node != null; node = node.turned) {",
        "    for (Node node = newest; node != null; node = node.next) {"),
    CALLED_BEFORE_THE_STATE_IS_SEEN(
        "ADD+SIGNAL",
        "Completion",
        "    HEAD.setRelease(this, DONE);\n    return was;\n",
        "    tell(was);\n    HEAD.setRelease(this, DONE);\n    return null;\n"),
    PUBLISHED_BEFORE_THE_ERROR(
        "FAIL+LOOK",
        "Completion",
        "    error = why;\n    timestamp = now;\n",
        "    HEAD.setRelease(this, DONE);\n"
            + "    Seam.step();\n"
            + "    error = why;\n"
            + "    timestamp = now;\n"),
    SEEN_PENDING_AFTER_A_SECOND_SIGNAL(
        "SIGNAL+FAIL",
        "Completion",
        "        awaitDone();\n        return LOST;\n",
        "        return LOST;\n"),
    REMOVAL_DOES_NOT_WAIT(
        "REMOVE_AND_WAIT+SIGNAL",
        "Completion",
        "      TELLING.set(this, Thread.currentThread()); // seen by whoever sees DONE\n",
        ""),
    REMOVAL_DOES_NOT_WAIT_FOR_WHO_IS_ABOUT_TO_TELL(
        "REMOVE_AND_WAIT+SIGNAL",
        "Completion",
        "        if (now == CLAIMED) {\n          awaitDone();\n        }\n",
        ""),
    WAIT_FOR_THE_END_IS_NOT_WOKEN(
        "REMOVE_AND_WAIT+SIGNAL", "Completion", "        Seam.unpark(each.waiter);\n", ""),
    ONLY_THE_LAST_WHO_WAITS_FOR_THE_END_IS_WOKEN(
        "REMOVE_AND_WAIT+REMOVE_AND_WAIT+SIGNAL",
        "Completion",
        "each != null; each = each.next) {",
        "each != null; each = null) {"),
    PARKS_WITHOUT_A_LOOK_FROM_ITS_PLACE(
        "WAIT+SIGNAL",
        "FenceWait",
        "    if (!fence.add(wait)) {\n      return true;\n    }\n",
        "    fence.add(wait);\n" + "    Seam.park(fence);\n"),
    WAIT_NOT_ENDED_BY_AN_INTERRUPT(
        "WAIT+INTERRUPT+WAIT_UNINTERRUPTIBLY",
        "FenceWait",
        "    interrupted = Thread.interrupted();\n",
        ""),
    PLACE_LEFT_BEHIND("WAIT_ANY+SIGNAL", "FenceWait", "        fences[i].remove(wait);\n", ""),
    WAITER_NOT_WOKEN("WAIT+SIGNAL", "FenceWait", "    Seam.unpark(thread);\n", ""),
    HOOK_CALLED_TWICE(
        "ADD+ENABLE",
        "ContextFence",
        "!ENABLED.compareAndSet(this, false, true)) {",
        "(boolean) ENABLED.getAndSet(this, true) && false) {"),
    EARLIER_DEADLINE_LOST(
        "DEADLINE+DEADLINE",
        "ContextFence",
        "      if (DEADLINE.compareAndSet(this, now, nanos)) {\n",
        "      DEADLINE.setVolatile(this, nanos);\n      if (true) {\n"),
    CLOSED_CALLBACK_CALLED(
        "CLOSE_CALLBACK+SIGNAL",
        "FenceCallback",
        "    Consumer<? super DmaFence> now = target;\n",
        "    Consumer<? super DmaFence> now = target;\n    Seam.step();\n"),
    MADE_WHILE_IT_ENDED(
        LinePair.class,
        "CREATE_AND_CLOSE",
        "DriverLine",
        "    if (!NEWEST.compareAndSet(this, top, fence)) {\n      return null;\n    }\n",
        "    NEWEST.setVolatile(this, fence);\n"),
    SWEPT_AWAY(
        LinePair.class,
        "SWEEP_AND_CLOSE",
        "DriverLine",
        "      each.older = pending(each.older);\n",
        "      each.older = null;\n"),
    WATCHDOG_RESTS_WITHOUT_A_LOOK(
        LinePair.class,
        "WATCHDOG_AND_SIGNAL",
        "FenceWatchdog",
        "|| oldest() == null) {",
        "|| oldest() == null || true) {"),
    POINT_MADE_TOO_LATE(
        LinePair.class,
        "ADVANCE_AND_CREATE",
        "TimelineLine",
        "    synchronized (this) {\n"
            + "      checkOpen();\n"
            + "      if (kind().isLater(number, reached)) {\n"
            + "        return link(number);\n"
            + "      }\n"
            + "    }\n",
        "    boolean later;\n"
            + "    synchronized (this) {\n"
            + "      checkOpen();\n"
            + "      later = kind().isLater(number, reached);\n"
            + "    }\n"
            + "    Seam.step();\n"
            + "    synchronized (this) {\n"
            + "      if (later) {\n"
            + "        return link(number);\n"
            + "      }\n"
            + "    }\n"),
    MEMBERS_COUNTED_WITHOUT_AN_EXCHANGE(
        ContainerPair.class,
        "ARRAY_SIGNAL_AND_FAIL",
        "FenceArray",
        "    if ((int) MISSING.getAndAdd(this, -1) == 1) {",
        "    int left = missing;\n    Seam.step();\n    missing = left - 1;\n    if (left == 1) {"),
    ARRAY_LISTENS_TWICE(
        ContainerPair.class,
        "ARRAY_ADD_AND_ADD",
        "ContainerFence",
        "    if (PHASE.compareAndSet(this, Phase.IDLE, Phase.ENABLED)) {\n",
        "    if (true) {\n"),
    MEMBER_THAT_WAS_DONE_NOT_COUNTED(
        ContainerPair.class,
        "ARRAY_ADD_AND_SIGNAL",
        "FenceArray",
        "      if (!member.addCallback(memberDone)) {\n        memberDone(member);\n      }\n",
        "      member.addCallback(memberDone);\n"),
    PENDING_LINK_FORGOTTEN(
        ContainerPair.class,
        "CHAIN_WALK_AND_SIGNAL",
        "FenceChain",
        "      PREVIOUS.compareAndSet(this, before, further);\n",
        "      PREVIOUS.compareAndSet(\n"
            + "          this, before, further instanceof FenceChain skipped ? skipped.previous :"
            + " further);\n"),
    CHAIN_LISTENS_NO_FURTHER(
        ContainerPair.class,
        "CHAIN_ADD_AND_SIGNAL",
        "FenceChain",
        "new FenceCallback(done -> listen(), closed -> {});",
        "new FenceCallback(done -> {}, closed -> {});");

    private final Class<?> makers;
    private final String shownBy;
    private final String source;
    private final String right;
    private final String wrong;

    Bug(String shownBy, String source, String right, String wrong) {
      this(FenceOperation.class, shownBy, source, right, wrong);
    }

    Bug(Class<?> makers, String shownBy, String source, String right, String wrong) {
      this.makers = makers;
      this.shownBy = shownBy;
      this.source = "org/dmabuf/fence/" + source + ".java";
      this.right = right;
      this.wrong = wrong;
    }
  }

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource
  void isFound(Bug bug) throws Exception {
    PlantedBug.isFound(bug.source, bug.right, bug.wrong, directory, bug.makers, bug.shownBy);
  }
}
