package org.dmabuf.resv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.dmabuf.Errnos.assertErrno;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.dmabuf.Threads;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is told of reservations that somebody holds, and how many fences and members they take. */
class HeldReservationsTest {
  private static final int MOST = 1 << 16;

  @RegisterExtension final Framework framework = new Framework();

  @Test
  void holderIsNamedWhileThereIsOne() throws Exception {
    DmaResv resv = framework.reservation();
    assertThat(resv.isLocked()).isFalse();
    assertThat(resv.holder()).isEqualTo("nobody");
    resv.lock();
    assertThat(resv.isLocked()).isTrue();
    assertThat(resv.holder()).isEqualTo(Thread.currentThread().getName());
    boolean elsewhere = Threads.start(() -> resv.isLocked() && !resv.isHeld()).join();
    assertThat(elsewhere).as("as another thread sees it").isTrue();
    resv.unlock();
    assertThat(resv.isLocked()).isFalse();
  }

  @Test
  @Row("R1")
  void slowPathTakesWhatIsFreeAndRefusesWhatIsHeld() {
    WwClass family = new WwClass("family");
    DmaResv resv = new DmaResv(family, framework.clock());
    try (AcquireContext context = family.begin()) {
      resv.lockSlow(context);
      assertThat(resv.lockedWith()).isSameAs(context);
      assertErrno(Errno.EALREADY, () -> resv.lock(context));
      resv.unlock();
      resv.lockSlowInterruptibly(context);
      assertThat(resv.lockedWith()).isSameAs(context);
      resv.unlock();
    }
    assertThat(resv.isLocked()).isFalse();
  }

  @Test
  void interruptedSlowPathTakesNothing() throws Exception {
    WwClass family = new WwClass("family");
    DmaResv resv = new DmaResv(family, framework.clock());
    resv.lock();
    Threads.Running<Integer> waiter =
        Threads.start(
            () -> {
              try (AcquireContext context = family.begin()) {
                assertErrno(Errno.ERESTARTSYS, () -> resv.lockSlowInterruptibly(context));
                return context.held();
              }
            });
    waiter.awaitBlocked();
    waiter.thread().interrupt();
    assertThat(waiter.join()).isZero();
    resv.unlock();
    assertThat(resv.isLocked()).isFalse();
  }

  @Test
  void familyAndContextSayWhoTheyAre() {
    WwClass family = new WwClass("planes", WwAlgorithm.WOUND_WAIT);
    assertThat(family.name()).isEqualTo("planes");
    assertThat(family.algorithm()).isEqualTo(WwAlgorithm.WOUND_WAIT);
    assertThat(new WwClass("x").algorithm()).isEqualTo(WwAlgorithm.WAIT_DIE);
    try (AcquireContext first = family.begin();
        AcquireContext second = family.begin()) {
      assertThat(first).hasToString("planes context 1");
      assertThat(first.isOlderThan(second)).isTrue();
      assertThat(second.isOlderThan(first)).isFalse();
      assertThat(first.isOlderThan(first)).isFalse();
    }
  }

  @Test
  @Row("N13")
  void setGrowsBeyondWhatWasExpected() {
    List<DmaResv> many = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      many.add(framework.reservation());
    }
    try (ReservationSet set =
        framework
            .reservations()
            .lockGrowing(Duplicates.REFUSED, each -> many.forEach(one -> each.lock(one, 0)))) {
      assertThat(set.held()).isEqualTo(many);
      assertThat(many).allMatch(DmaResv::isHeld);
      assertErrno(Errno.EINVAL, () -> set.lock(framework.reservation(), 0));
    }
    assertThat(many).noneMatch(DmaResv::isLocked);
  }

  @Test
  @Row("N13")
  void bodyThatGoesOnAfterItHadToGiveWayGetsNothing() throws Exception {
    DmaResv wanted = framework.reservation();
    DmaResv other = framework.reservation();
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch refused = new CountDownLatch(1);
    Threads.Running<Boolean> older =
        Threads.start(
            () -> {
              try (ReservationSet set = framework.reservations().lockAll(List.of(wanted), 0)) {
                held.countDown();
                refused.await();
                return set.held().contains(wanted);
              }
            });
    held.await();
    AtomicInteger runs = new AtomicInteger();
    try (ReservationSet set =
        framework
            .reservations()
            .lockGrowing(
                Duplicates.REFUSED,
                each -> {
                  each.lock(other, 0);
                  if (runs.incrementAndGet() == 1) {
                    assertErrno(Errno.EDEADLK, () -> each.lock(wanted, 0));
                    assertThat(other.isHeld()).as("given back").isFalse();
                    assertErrno(Errno.EDEADLK, () -> each.lock(other, 0));
                    assertThat(other.isHeld()).as("not taken again").isFalse();
                    refused.countDown();
                  } else {
                    each.lock(wanted, 0);
                  }
                })) {
      assertThat(runs).hasValue(2);
      assertThat(set.held()).containsExactlyInAnyOrder(wanted, other);
    }
    assertThat(older.join()).isTrue();
    assertThat(wanted.isLocked() || other.isLocked()).isFalse();
  }

  @Test
  @Row("N3")
  void pendingFencesAndReservedSlotsHaveALimitTogether() {
    DmaResv resv = framework.reservation();
    resv.lock();
    try (FenceContext context = framework.contexts().open("driver", "line")) {
      assertErrno(Errno.ENOMEM, () -> resv.reserveFences(MOST + 1));
      resv.reserveFences(MOST);
      DmaFence done = context.create();
      resv.addFence(done, Usage.READ);
      context.signal(done);
      DmaFence pending = context.create();
      resv.addFence(pending, Usage.READ);
      assertThatExceptionOfType(DmaBufException.class)
          .isThrownBy(() -> resv.reserveFences(MOST))
          .withMessageContaining("A reservation with 1 fences");
      resv.reserveFences(MOST - 1);
      context.signal(pending);
      resv.reserveFences(MOST);
    } finally {
      resv.unlock();
    }
  }
}
