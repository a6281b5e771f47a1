package org.dmabuf.resv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.dmabuf.Threads;
import org.dmabuf.fence.FenceContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class WwReservationsTest {
  @RegisterExtension final Framework framework = new Framework();
  private final List<DmaResv> all = new ArrayList<>();

  @BeforeEach
  void make() {
    for (int i = 0; i < 12; i++) {
      all.add(framework.reservation());
    }
  }

  @AfterEach
  void noneIsHeld() {
    assertThat(all).noneMatch(DmaResv::isLocked);
  }

  @SuppressWarnings("try") // closing twice is what this is about
  @Test
  @Row("N13")
  void locksAllWithSlotsAndDuplicatesOnce() {
    DmaResv a = all.get(0);
    DmaResv b = all.get(1);
    try (ReservationSet set = framework.reservations().lockAll(List.of(a, b, a), 2);
        FenceContext context = framework.contexts().open("driver", "line")) {
      assertThat(set.held()).containsExactly(a, b);
      assertThat(a.isHeld() && b.isHeld()).isTrue();
      a.addFence(context.create(), Usage.READ);
      b.addFence(context.create(), Usage.READ);
      set.close();
      assertThat(set.held()).isEmpty();
      assertThat(a.isLocked()).isFalse();
    }
    try (ReservationSet none = framework.reservations().lockAll(List.of(), 0)) {
      assertThat(none.held()).isEmpty();
    }
  }

  @Test
  @Row("N13")
  void failureLeavesNoneHeld() {
    DmaResv mine = all.get(2);
    mine.lock();
    assertErrno(
        Errno.EALREADY,
        () -> framework.reservations().lockAll(List.of(all.get(0), mine, all.get(1)), 1));
    assertThat(mine.isHeld()).as("not ours to unlock").isTrue();
    mine.unlock();
    assertErrno(Errno.EINVAL, () -> framework.reservations().lockAll(all, -1));
    DmaResv foreign = new DmaResv(new WwClass("other"), framework.clock());
    assertErrno(
        Errno.EINVAL, () -> framework.reservations().lockAll(List.of(all.get(0), foreign), 0));
  }

  @Test
  @Row("N13")
  void interruptedWaitLeavesNoneHeld() throws Exception {
    all.get(1).lock();
    Threads.Running<Object> waiter =
        Threads.start(
            () -> {
              assertErrno(
                  Errno.ERESTARTSYS, () -> framework.reservations().lockAll(all.subList(0, 3), 1));
              return null;
            });
    waiter.awaitBlocked();
    waiter.thread().interrupt();
    waiter.join();
    all.get(1).unlock();
  }

  @Test
  @Row({"N13", "R2"})
  void randomSetsByEightThreadsAreAllTaken() throws Exception {
    int[] counts = new int[12];
    int[] expected = new int[12];
    Threads.together(
        8,
        number -> {
          Random random = new Random(7 + number);
          int[] mine = new int[12];
          for (int i = 0; i < 600; i++) {
            List<DmaResv> some = new ArrayList<>();
            for (int each = random.nextInt(6); each >= 0; each--) {
              some.add(all.get(random.nextInt(12)));
            }
            try (ReservationSet set = framework.reservations().lockAll(some, 1)) {
              for (DmaResv each : set.held()) {
                counts[all.indexOf(each)]++;
                mine[all.indexOf(each)]++;
              }
            }
          }
          synchronized (expected) {
            Arrays.setAll(expected, at -> expected[at] + mine[at]);
          }
        });
    assertThat(counts).isEqualTo(expected);
  }

  /** Only this service's own failures unlocked what was held; any other left it locked for ever. */
  @Test
  void unexpectedFailureLeavesNoneHeld() {
    List<DmaResv> broken = new ArrayList<>(all.subList(0, 2));
    broken.add(null);
    assertErrno(Errno.EINVAL, () -> framework.reservations().lockAll(broken, 0));
    assertErrno(Errno.ENOMEM, () -> framework.reservations().lockAll(all, Integer.MAX_VALUE));
  }

  /** A close on the wrong thread emptied the set, and its owner could unlock nothing any more. */
  @Test
  void closeOnAnotherThreadIsEpermAndChangesNothing() throws Exception {
    ReservationSet set = framework.reservations().lockAll(all.subList(0, 2), 0);
    Threads.start(
            () -> {
              assertErrno(Errno.EPERM, set::close);
              return null;
            })
        .join();
    assertThat(set.held()).hasSize(2);
    set.close();
  }

  @Test
  @Row("N13")
  void duplicatesAreRefusedWhereTheyAreNotAllowed() {
    List<DmaResv> twice = List.of(all.get(3), all.get(1), all.get(3));
    assertErrno(
        Errno.EALREADY, () -> framework.reservations().lockAll(twice, 1, Duplicates.REFUSED));
    assertErrno(
        Errno.EALREADY,
        () -> framework.reservations().lockGrowing(Duplicates.REFUSED, growing(twice)));
    try (ReservationSet set =
        framework.reservations().lockGrowing(Duplicates.ALLOWED, growing(twice))) {
      assertThat(set.held()).containsExactly(all.get(3), all.get(1));
      assertErrno(Errno.EINVAL, () -> set.lock(all.get(5), 1));
    }
  }

  private static Consumer<ReservationSet> growing(List<DmaResv> wanted) {
    return set -> wanted.forEach(each -> set.lock(each, 1));
  }

  @Test
  @Row("N13")
  void bodyRunsWithAllLockedAndSlotsReserved() {
    try (FenceContext context = framework.contexts().open("driver", "line")) {
      framework
          .reservations()
          .run(all, 1, () -> all.forEach(each -> each.addFence(context.create(), Usage.BOOKKEEP)));
    }
    assertErrno(
        Errno.EIO,
        () ->
            framework
                .reservations()
                .run(
                    all,
                    0,
                    () -> {
                      throw new DmaBufException(Errno.EIO, "planted");
                    }));
  }

  @Test
  @Row({"N13", "R2"})
  void setsThatGrowInOppositeOrdersAreAllTakenAndBodiesRunAgain() throws Exception {
    int[] counts = new int[12];
    AtomicInteger bodies = new AtomicInteger();
    Threads.together(
        4,
        number -> {
          for (int i = 0; i < 400; i++) {
            List<DmaResv> order = new ArrayList<>(all);
            Collections.shuffle(order, new Random(31L * number + i));
            Consumer<ReservationSet> body = growing(order.subList(0, 5));
            try (ReservationSet set =
                framework
                    .reservations()
                    .lockGrowing(
                        Duplicates.REFUSED,
                        growing -> {
                          bodies.incrementAndGet();
                          body.accept(growing);
                        })) {
              assertThat(set.held()).containsExactlyInAnyOrderElementsOf(order.subList(0, 5));
              set.held().forEach(each -> counts[all.indexOf(each)]++);
            }
          }
        });
    assertThat(Arrays.stream(counts).sum()).isEqualTo(4 * 400 * 5);
    assertThat(bodies.get()).isGreaterThanOrEqualTo(4 * 400);
  }

  /** What the benchmark resv-lock-8-of-64 does, by far more threads than processors. */
  @Test
  @Row("N13")
  void sixteenThreadsTakeEightOfSixtyFour() throws Exception {
    List<DmaResv> many = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      many.add(framework.reservation());
    }
    int[] counts = new int[64];
    Threads.together(
        16,
        number -> {
          Random random = new Random(number);
          for (int i = 0; i < 500; i++) {
            int[] eight = random.ints(0, 64).distinct().limit(8).toArray();
            List<DmaResv> some = Arrays.stream(eight).mapToObj(many::get).toList();
            try (ReservationSet set = framework.reservations().lockAll(some, 1)) {
              assertThat(set.held()).hasSize(8);
              for (int each : eight) {
                counts[each]++;
              }
            }
          }
        });
    assertThat(Arrays.stream(counts).sum()).isEqualTo(16 * 500 * 8);
    assertThat(many).noneMatch(DmaResv::isLocked);
  }
}
