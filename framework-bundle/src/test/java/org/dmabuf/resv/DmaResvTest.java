package org.dmabuf.resv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.time.Duration;
import java.util.List;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.dmabuf.Threads;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DmaResvTest {
  @RegisterExtension final Framework framework = new Framework();
  private DmaResv resv;
  private FenceContext one;
  private FenceContext two;

  @BeforeEach
  void make() {
    resv = framework.reservation();
    one = framework.contexts().open("driver", "one");
    two = framework.contexts().open("driver", "two");
  }

  @AfterEach
  void close() {
    one.close();
    two.close();
    assertThat(resv.isLocked()).isFalse();
  }

  private void add(DmaFence fence, Usage usage) {
    resv.lock();
    try {
      resv.reserveFences(1);
      resv.addFence(fence, usage);
    } finally {
      resv.unlock();
    }
  }

  @ParameterizedTest
  @EnumSource(Usage.class)
  @Row("N3")
  void queryReturnsItsClassAndAllLowerOnes(Usage usage) {
    DmaFence fence = one.create();
    assertThat(resv.isSignaled(usage)).isTrue();
    add(fence, usage);
    for (Usage asked : Usage.values()) {
      boolean seen = usage.compareTo(asked) <= 0;
      assertThat(resv.pending(asked)).isEqualTo(seen ? List.of(fence) : List.of());
      assertThat(resv.isSignaled(asked)).isEqualTo(!seen);
    }
    one.signal(fence);
    assertThat(resv.isSignaled(Usage.BOOKKEEP)).isTrue();
    assertThat(resv.entries()).as("stays until its slot is needed").hasSize(1);
  }

  @Test
  void lastWriteIsKnownWhenItsSlotIsUsedAgain() {
    assertThat(resv.lastWrite()).isEmpty();
    DmaFence written = one.create();
    add(written, Usage.WRITE);
    one.fail(written, Errno.EIO);
    for (Usage usage : new Usage[] {Usage.KERNEL, Usage.READ, Usage.BOOKKEEP}) {
      DmaFence other = two.create();
      add(other, usage);
      two.signal(other);
      assertThat(resv.entries()).as("the slot is used again").hasSize(1);
      assertThat(resv.lastWrite()).contains(written);
    }
    DmaFence next = two.create();
    add(next, Usage.WRITE);
    assertThat(resv.lastWrite()).contains(next);
    DmaFence beside = one.create();
    add(beside, Usage.WRITE);
    assertThat(resv.entries()).as("in a slot of its own").hasSize(2);
    assertThat(resv.lastWrite()).contains(beside);
    DmaResv copy = framework.reservation();
    copy.lock();
    copy.copyFences(resv);
    copy.unlock();
    assertThat(copy.lastWrite()).contains(beside);
    one.signal(beside);
    two.signal(next);
  }

  @Test
  @Row("N3")
  void readersWaitForWritersAndWritersForAll() {
    assertThat(Usage.toWaitFor(false)).isEqualTo(Usage.WRITE);
    assertThat(Usage.toWaitFor(true)).isEqualTo(Usage.READ);
  }

  @Test
  @Row({"L/3", "K/5"})
  void laterFenceOfTheSameContextReplacesWhenItsClassIsNotWeaker() {
    DmaFence early = one.create();
    DmaFence late = one.create();
    add(early, Usage.WRITE);
    add(late, Usage.WRITE);
    assertThat(resv.entries()).containsExactly(new DmaResv.Entry(late, Usage.WRITE));
    add(late, Usage.WRITE);
    assertThat(resv.entries()).as("an equal one replaces").hasSize(1);
    add(early, Usage.WRITE);
    assertThat(resv.entries()).as("an earlier one does not").hasSize(2);
  }

  @Test
  @Row({"L/3", "N3"})
  void fencesArePromotedAndNeverWeakened() {
    DmaFence early = one.create();
    add(early, Usage.READ);
    add(one.create(), Usage.WRITE);
    assertThat(resv.entries()).hasSize(1).first().extracting("usage").isEqualTo(Usage.WRITE);
    DmaFence reader = one.create();
    add(reader, Usage.READ);
    assertThat(resv.pending(Usage.READ)).hasSize(2).endsWith(reader);
    assertThat(resv.pending(Usage.WRITE)).hasSize(1).doesNotContain(reader);
  }

  @Test
  @Row({"L/3", "R5", "R6"})
  void writeOfAnotherContextReplacesNothing() {
    DmaFence read = one.create();
    DmaFence write = two.create();
    add(read, Usage.READ);
    add(write, Usage.WRITE);
    assertThat(resv.pending(Usage.READ)).containsExactly(read, write);
  }

  @Test
  @Row("K/5")
  void signalledSlotIsUsedAgainInItsPlace() {
    DmaFence done = one.create();
    DmaFence pending = two.create();
    resv.lock();
    resv.reserveFences(2);
    resv.addFence(done, Usage.READ);
    resv.addFence(pending, Usage.READ);
    one.signal(done);
    DmaFence next = one.create();
    resv.addFence(next, Usage.WRITE);
    resv.unlock();
    assertThat(resv.entries()).extracting("fence").containsExactly(next, pending);
  }

  @Test
  @Row("R4")
  void slotsAreReservedUnderTheLockAndLostWithIt() {
    DmaFence fence = one.create();
    assertErrno(Errno.EINVAL, () -> resv.reserveFences(1));
    assertErrno(Errno.EINVAL, () -> resv.addFence(fence, Usage.READ));
    resv.lock();
    assertErrno(Errno.EINVAL, () -> resv.addFence(fence, Usage.READ));
    assertErrno(Errno.EINVAL, () -> resv.reserveFences(0));
    assertErrno(Errno.ENOMEM, () -> resv.reserveFences(Integer.MAX_VALUE));
    resv.reserveFences(1);
    resv.unlock();
    resv.lock();
    assertErrno(Errno.EINVAL, () -> resv.addFence(fence, Usage.READ));
    resv.reserveFences(1);
    resv.addFence(fence, Usage.READ);
    assertErrno(Errno.EINVAL, () -> resv.addFence(two.create(), Usage.READ));
    resv.unlock();
    assertThat(resv.entries()).hasSize(1);
  }

  @Test
  @Row("R4")
  void manySlotsHoldAllTheirFencesInOrder() {
    DmaFence[] fences = new DmaFence[37];
    FenceContext[] contexts = new FenceContext[37];
    resv.lock();
    resv.reserveFences(37);
    for (int i = 0; i < 37; i++) {
      contexts[i] = framework.contexts().open("driver", "line " + i);
      fences[i] = contexts[i].create();
      resv.addFence(fences[i], Usage.READ);
    }
    resv.unlock();
    assertThat(resv.pending(Usage.READ)).containsExactly(fences);
    for (FenceContext context : contexts) {
      context.close();
    }
  }

  @Test
  @Row({"R8", "K/5"})
  void waitOfZeroTellsTheState() {
    assertThat(resv.await(Usage.READ, Duration.ZERO)).isTrue();
    DmaFence fence = one.create();
    add(fence, Usage.READ);
    assertThat(resv.await(Usage.READ, Duration.ZERO)).isFalse();
    assertThat(resv.await(Usage.WRITE, Duration.ZERO)).isTrue();
    assertErrno(Errno.EINVAL, () -> resv.await(Usage.READ, Duration.ofMillis(-1)));
  }

  @Test
  @Row("R8")
  void timeoutCoversAllFencesTogether() throws Exception {
    DmaFence first = one.create();
    add(first, Usage.WRITE);
    DmaFence second = two.create();
    add(second, Usage.WRITE);
    Threads.Running<Boolean> waiter =
        Threads.start(() -> resv.await(Usage.WRITE, Duration.ofMillis(10)));
    framework.clock().awaitScheduled(1);
    framework.clock().advance(6_000_000);
    one.signal(first);
    waiter.awaitBlockedOn(second);
    framework.clock().advance(4_000_000);
    assertThat(waiter.join()).isFalse();
  }

  @Test
  @Row("R8")
  void waitEndsWithTheLastFenceAndIsInterruptible() throws Exception {
    DmaFence fence = one.create();
    add(fence, Usage.WRITE);
    Threads.Running<Boolean> waiter =
        Threads.start(() -> resv.await(Usage.WRITE, Duration.ofDays(40_000)));
    Threads.Running<Object> interrupted =
        Threads.start(
            () -> {
              assertErrno(
                  Errno.ERESTARTSYS, () -> resv.await(Usage.WRITE, Duration.ofDays(40_000)));
              return null;
            });
    waiter.awaitBlocked();
    interrupted.awaitBlocked();
    interrupted.thread().interrupt();
    interrupted.join();
    one.fail(fence, Errno.EIO);
    assertThat(waiter.join()).as("an error is an end like any other").isTrue();
  }

  @Test
  @Row("R7")
  void readersSeeOneMomentDuringWrites() throws Exception {
    Threads.together(
        3,
        number -> {
          for (int i = 0; i < 5_000; i++) {
            if (number == 0) {
              resv.lock();
              resv.reserveFences(2);
              DmaFence a = one.create();
              DmaFence b = two.create();
              resv.addFence(a, Usage.WRITE);
              resv.addFence(b, Usage.READ);
              resv.unlock();
              one.signal(a);
              two.signal(b);
            } else {
              for (DmaResv.Entry entry : resv.entries()) {
                Usage expected = entry.fence().contextId() == one.id() ? Usage.WRITE : Usage.READ;
                assertThat(entry.usage()).isEqualTo(expected);
              }
            }
          }
        });
  }

  @Test
  @Row("R1")
  void unlockByAStrangerIsEperm() {
    assertErrno(Errno.EPERM, resv::unlock);
    assertErrno(Errno.EINVAL, () -> resv.assertHeld("A test"));
    assertThat(resv.tryLock()).isTrue();
    resv.assertHeld("A test");
    assertErrno(Errno.EALREADY, resv::lock);
    resv.unlock();
  }

  @Test
  @Row("R4")
  void replacingCostsNoReservedSlot() {
    resv.lock();
    resv.reserveFences(4);
    FenceContext[] others = new FenceContext[4];
    for (int i = 0; i < 4; i++) {
      others[i] = framework.contexts().open("driver", "line " + i);
    }
    for (int i = 0; i < 3; i++) {
      resv.addFence(others[i].create(), Usage.READ);
    }
    DmaFence done = one.create();
    resv.addFence(done, Usage.READ);
    resv.reserveFences(1);
    one.signal(done);
    DmaFence pending = two.create();
    resv.replaceFences(one.id(), pending, Usage.WRITE);
    DmaFence last = others[3].create();
    resv.addFence(last, Usage.READ);
    resv.unlock();
    assertThat(resv.pending(Usage.READ)).hasSize(5).endsWith(pending, last);
    assertErrno(Errno.EINVAL, () -> resv.replaceFences(one.id(), pending, Usage.WRITE));
    for (FenceContext other : others) {
      other.close();
    }
  }

  @Test
  @Row("N5")
  void deadlineGoesToAllThatAQuerySees() {
    DmaFence read = one.create();
    DmaFence write = two.create();
    add(read, Usage.READ);
    add(write, Usage.WRITE);
    resv.setDeadline(Usage.WRITE, 70);
    assertThat(write.deadline()).hasValue(70);
    assertThat(read.deadline()).isEmpty();
    resv.setDeadline(Usage.READ, 50);
    assertThat(write.deadline()).hasValue(50);
    assertThat(read.deadline()).hasValue(50);
  }

  @Test
  @Row({"R7", "S11"})
  @SuppressWarnings("StringConcatToTextBlock") // tabs are to be seen
  void descriptionHasALineForEachSlot() {
    assertThat(resv.describe()).isEmpty();
    add(one.create(), Usage.KERNEL);
    DmaFence done = two.create();
    add(done, Usage.BOOKKEEP);
    two.signal(done);
    assertThat(resv.describe())
        .isEqualTo(
            "\tkernel fence: driver one seq 1 unsignalled\n"
                + "\tbookkeep fence: driver two seq 1 signalled\n");
  }

  @Test
  @Row({"R1", "R2"})
  void lockedWithSaysTheContext() {
    WwClass family = new WwClass("test");
    DmaResv mine = new DmaResv(family, framework.clock());
    try (AcquireContext context = family.begin()) {
      mine.lockSlow(context);
      assertThat(mine.lockedWith()).isSameAs(context);
      assertErrno(Errno.EINVAL, () -> mine.lockSlowInterruptibly(context));
      mine.unlock();
      assertThat(mine.lockedWith()).isNull();
      mine.lockSlowInterruptibly(context);
      mine.unlock();
    }
  }
}
