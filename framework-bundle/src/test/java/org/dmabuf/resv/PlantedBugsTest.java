package org.dmabuf.resv;

import java.nio.file.Path;
import org.dmabuf.seam.PlantedBug;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the interleavings are worth: each of these mistakes must be found by one of them. */
@SuppressWarnings("StringConcatToTextBlock") // a line of the source is a line here
class PlantedBugsTest {
  /** A mistake, and the operations that show it. */
  enum Bug {
    WAKE_UP_LOST(
        MutexPair.LOCK_AND_LOCK,
        "org/dmabuf/resv/WwMutex.java",
        "OWNER.compareAndSet(this, me, null);\n" + "    if (!queue.isEmpty()) {",
        "OWNER.compareAndSet(this, me, null);\n" + "    if (false) {"),
    WAITERS_LOOKED_FOR_BEFORE_IT_IS_FREE(
        MutexPair.LOCK_AND_LOCK,
        "org/dmabuf/resv/WwMutex.java",
        "    Seam.step();\n"
            + "    OWNER.compareAndSet(this, me, null);\n"
            + "    if (!queue.isEmpty()) {",
        "    boolean none = queue.isEmpty();\n"
            + "    Seam.step();\n"
            + "    OWNER.compareAndSet(this, me, null);\n"
            + "    if (!none) {"),
    TAKEN_WITHOUT_A_COMPARE_AND_SET(
        MutexPair.THREE_LOCK,
        "org/dmabuf/resv/WwMutex.java",
        "    if (OWNER.compareAndSet(this, null, place.thread)) {\n"
            + "      return Outcome.TAKEN;",
        "    if (owner == null) {\n"
            + "      Seam.step();\n"
            + "      OWNER.setVolatile(this, place.thread);\n"
            + "      return Outcome.TAKEN;"),
    WOUND_IGNORED(
        MutexPair.ABBA_WOUND_WAIT, "org/dmabuf/resv/WwMutex.java", "      holder.wound();\n", ""),
    WOUNDED_NOT_WOKEN(
        MutexPair.ABBA_WOUND_WAIT,
        "org/dmabuf/resv/WwMutex.java",
        "        Seam.unpark(thread);",
        "        Seam.step();"),
    WAITERS_NOT_TOLD_OF_THE_CONTEXT(
        MutexPair.ABBA_WAIT_DIE, "org/dmabuf/resv/WwMutex.java", "        queue.wakeAll();\n", ""),
    OLDER_DIES_INSTEAD_OF_YOUNGER(
        MutexPair.ABBA_WAIT_DIE,
        "org/dmabuf/resv/WwMutex.java",
        "holder.isOlderThan(mine)) || ",
        "mine.isOlderThan(holder)) || "),
    NOBODY_DIES(
        MutexPair.THREE_IN_A_RING_WAIT_DIE,
        "org/dmabuf/resv/WwMutex.java",
        "return (holder != null && holder.isOlderThan(mine)) || queue.hasOlderBefore(place);",
        "return false;"),
    WAKE_UP_OF_AN_INTERRUPTED_WAITER_LOST(
        MutexPair.THREE_INTERRUPT_AND_UNLOCK,
        "org/dmabuf/resv/WwMutex.java",
        "    } else if (owner == null) {\n" + "      queue.wakeFirst();",
        "    } else if (owner == null) {\n" + "      Seam.step();"),
    MUTEX_GIVEN_TO_AN_INTERRUPTED_WAITER_LOST(
        MutexPair.THREE_INTERRUPT_AND_UNLOCK,
        "org/dmabuf/resv/WwMutex.java",
        "    if (owner == me) {\n" + "      release(me);",
        "    if (owner == me) {\n" + "      Seam.step();"),
    GIVEN_WITHOUT_A_WAKE_UP(
        MutexPair.LOCK_TWICE_AND_LOCK_TWICE,
        "org/dmabuf/resv/WwMutex.java",
        "      Seam.unpark(next.thread);\n",
        ""),
    WAITER_NOT_COUNTED(
        MutexPair.LOCK_AND_LOCK,
        "org/dmabuf/resv/WaitQueue.java",
        "      waiters.add(at, place);\n" + "      SIZE.setVolatile(this, waiters.size());",
        "      waiters.add(at, place);"),
    FENCE_REPLACED_WHERE_IT_IS_READ(
        ReservationPair.ITERATE_AND_ADD,
        "org/dmabuf/resv/FenceSlots.java",
        "    int place = now.spare;",
        "    int place = place(old);"),
    COUNT_PUBLISHED_BEFORE_THE_WORD(
        ReservationPair.ITERATE_AND_GROW,
        "org/dmabuf/resv/FenceSlots.java",
        "      words[slot] = FenceSlots.word(0, place, usage);\n"
            + "      Seam.step();\n"
            + "      count = slot + 1;",
        "      count = slot + 1;\n"
            + "      Seam.step();\n"
            + "      words[slot] = FenceSlots.word(0, place, usage);"),
    ALL_REPLACED_ONE_AFTER_THE_OTHER(
        ReservationPair.ITERATE_AND_REPLACE_ALL,
        "org/dmabuf/resv/FenceSlots.java",
        "    publish(next);\n" + "  }\n" + "\n" + "  /** Puts others",
        "    for (int slot = 0; slot < count(); slot++) {\n"
            + "      if (fence(slot).contextId() == context) {\n"
            + "        replace(table, slot, fence, usage);\n"
            + "      }\n"
            + "    }\n"
            + "  }\n"
            + "\n"
            + "  /** Puts others"),
    CHANGES_NOT_NOTICED(
        ReservationPair.TEST_AND_HAND_ON,
        "org/dmabuf/resv/FenceIterator.java",
        " && changes == table.changes(slot)",
        ""),
    WORD_NOT_READ_AGAIN(
        ReservationPair.EACH_FENCE_AND_ADD,
        "org/dmabuf/resv/FenceIterator.java",
        " || table.word(slot) != word",
        ""),
    TRIED_WITHOUT_A_COMPARE_AND_SET(
        MutexPair.TRY_AND_LOCK,
        "org/dmabuf/resv/WwMutex.java",
        "    if (!OWNER.compareAndSet(this, null, Thread.currentThread())) {",
        "    boolean free = owner == null;\n"
            + "    Seam.step();\n"
            + "    if (free) {\n"
            + "      OWNER.setVolatile(this, Thread.currentThread());\n"
            + "    } else {"),
    PLACE_LEFT_IN_THE_QUEUE(
        MutexPair.THREE_INTERRUPT_AND_UNLOCK,
        "org/dmabuf/resv/WwMutex.java",
        "    queue.remove(place);\n",
        ""),
    TABLE_PUBLISHED_BEFORE_IT_IS_FULL(
        ReservationPair.ITERATE_AND_COPY,
        "org/dmabuf/resv/FenceSlots.java",
        "    entries.forEach(entry -> next.append(entry.fence(), entry.usage()));\n"
            + "    publish(next);\n",
        "    publish(next);\n"
            + "    entries.forEach(entry -> next.append(entry.fence(), entry.usage()));\n"),
    LATER_FENCES_NOT_WAITED_FOR(
        ReservationPair.WAIT_AND_ADD,
        "org/dmabuf/resv/DmaResv.java",
        "left != null; left = slots.firstPending(asked)) {\n",
        "left != null; left = null) {\n"),
    READER_KEEPS_WHAT_IT_READ_BEFORE(
        ReservationPair.ITERATE_AND_ADD,
        "org/dmabuf/resv/FenceSlots.java",
        "        entries.clear();\n",
        "");

    private final Enum<?> shownBy;
    private final String source;
    private final String right;
    private final String wrong;

    Bug(Enum<?> shownBy, String source, String right, String wrong) {
      this.shownBy = shownBy;
      this.source = source;
      this.right = right;
      this.wrong = wrong;
    }
  }

  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource
  void isFound(Bug bug) throws Exception {
    PlantedBug.isFound(
        bug.source,
        bug.right,
        bug.wrong,
        directory,
        bug.shownBy.getDeclaringClass(),
        bug.shownBy.name());
  }
}
