package org.dmabuf.resv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.Errno;
import org.dmabuf.Row;
import org.dmabuf.Threads;
import org.dmabuf.resv.Locking.Outcome;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The cases of the kernel's test-ww_mutex, by their names, with both algorithms. The stress cases:
 * {@link TestWwMutexStressTest}.
 */
class TestWwMutexTest {
  private static final int TRIES = 1000;

  /**
   * Who holds it looks on (spins) or waits, who wants it tries or waits, with and without context.
   */
  @ParameterizedTest
  @CsvSource({
    "false, false, false", "true, false, false",
    "false, true, false", "true, true, false",
    "false, false, true", "true, false, true",
    "false, true, true", "true, true, true",
  })
  @DisplayName("test_mutex")
  @Row({"R1", "R2"})
  void testMutex(boolean spins, boolean tries, boolean withContext) throws Exception {
    for (WwAlgorithm algorithm : WwAlgorithm.values()) {
      WwClass family = new WwClass("test", algorithm);
      WwMutex mutex = new WwMutex(family);
      AcquireContext with = withContext ? family.begin() : null;
      CountDownLatch tried = new CountDownLatch(TRIES);
      AtomicBoolean inside = new AtomicBoolean();
      mutex.lock(with);
      Threads.Running<Object> worker =
          Threads.start(
              () -> {
                AcquireContext mine = withContext ? family.begin() : null;
                if (tries) {
                  while (!mutex.tryLock(mine)) {
                    tried.countDown();
                  }
                } else {
                  mutex.lock(mine);
                }
                inside.set(true);
                mutex.unlock();
                return null;
              });
      if (spins) {
        for (int i = 0; i < TRIES || (tries && tried.getCount() > 0); i++) {
          assertThat(inside.get()).as("held by another").isFalse();
        }
      } else if (tries) {
        tried.await();
      } else {
        worker.awaitBlocked();
      }
      assertThat(inside.get()).as("held by another").isFalse();
      assertThat(mutex.isHeld()).isTrue();
      mutex.unlock();
      worker.join();
      assertThat(mutex.isLocked()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("test_aa")
  @Row({"R1", "R2", "R3"})
  void testAa(WwAlgorithm algorithm) {
    WwClass family = new WwClass("test", algorithm);
    WwMutex mutex = new WwMutex(family);
    for (boolean tried : new boolean[] {false, true}) {
      AcquireContext context = family.begin();
      if (tried) {
        assertThat(mutex.tryLock(context)).isTrue();
      } else {
        mutex.lock(context);
      }
      assertThat(mutex.heldWith()).isSameAs(context);
      assertThat(mutex.tryLock()).isFalse();
      assertThat(mutex.tryLock(context)).isFalse();
      assertErrno(Errno.EALREADY, () -> mutex.lock(context));
      mutex.unlock();
      context.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "WAIT_DIE, false, false", "WAIT_DIE, true, false",
    "WAIT_DIE, false, true", "WAIT_DIE, true, true",
    "WOUND_WAIT, false, false", "WOUND_WAIT, true, false",
    "WOUND_WAIT, false, true", "WOUND_WAIT, true, true",
  })
  @DisplayName("test_abba")
  @Row({"R2", "R3"})
  void testAbba(WwAlgorithm algorithm, boolean tries, boolean resolves) throws Exception {
    WwClass family = new WwClass("test", algorithm);
    WwMutex[] both = {new WwMutex(family), new WwMutex(family)};
    AcquireContext[] contexts = {family.begin(), family.begin()};
    CyclicBarrier holding = new CyclicBarrier(2);
    AtomicInteger deadlocks = new AtomicInteger();
    Threads.together(
        2,
        number -> {
          AcquireContext with = contexts[number];
          WwMutex mine = both[number];
          WwMutex other = both[1 - number];
          if (!tries || !mine.tryLock(with)) {
            mine.lock(with);
          }
          holding.await();
          Outcome outcome = other.acquire(with, Locking.LOCK);
          if (outcome == Outcome.MUST_GIVE_WAY) {
            mine.unlock();
            if (!resolves) {
              deadlocks.incrementAndGet();
              return;
            }
            takeAll(with, List.of(other, mine), other);
          }
          mine.unlock();
          other.unlock();
          with.close();
        });
    assertThat(deadlocks.get()).isEqualTo(resolves ? 0 : 1);
    assertThat(both).noneMatch(WwMutex::isLocked);
  }

  @ParameterizedTest
  @CsvSource({
    "WAIT_DIE, 2",
    "WAIT_DIE, 3",
    "WAIT_DIE, 4",
    "WAIT_DIE, 5",
    "WOUND_WAIT, 2",
    "WOUND_WAIT, 3",
    "WOUND_WAIT, 4",
    "WOUND_WAIT, 5",
  })
  @DisplayName("test_cycle")
  @Row({"R2", "R3"})
  void testCycle(WwAlgorithm algorithm, int threads) throws Exception {
    WwClass family = new WwClass("test", algorithm);
    List<WwMutex> ring = make(family, threads);
    CyclicBarrier holding = new CyclicBarrier(threads);
    AtomicInteger gaveWay = new AtomicInteger();
    Threads.together(
        threads,
        number -> {
          AcquireContext with = family.begin();
          WwMutex mine = ring.get(number);
          WwMutex next = ring.get((number + 1) % threads);
          mine.lock(with);
          holding.await();
          if (next.acquire(with, Locking.LOCK) == Outcome.MUST_GIVE_WAY) {
            gaveWay.incrementAndGet();
            mine.unlock();
            takeAll(with, List.of(next, mine), next);
          }
          mine.unlock();
          next.unlock();
          with.close();
        });
    assertThat(gaveWay.get()).isBetween(1, threads - 1);
    assertThat(ring).noneMatch(WwMutex::isLocked);
  }

  private static List<WwMutex> make(WwClass family, int count) {
    List<WwMutex> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(new WwMutex(family));
    }
    return all;
  }

  /** Takes a set, what it gave way for first. */
  private static void takeAll(AcquireContext with, List<WwMutex> wanted, WwMutex contended) {
    WwMutex first = contended;
    while (true) {
      List<WwMutex> held = new ArrayList<>();
      if (first != null) {
        first.lockSlow(with);
        held.add(first);
      }
      WwMutex gaveWayFor = null;
      for (WwMutex each : wanted) {
        if (each != first) {
          if (each.acquire(with, Locking.LOCK) == Outcome.MUST_GIVE_WAY) {
            gaveWayFor = each;
            break;
          }
          held.add(each);
        }
      }
      if (gaveWayFor == null) {
        return;
      }
      held.forEach(WwMutex::unlock);
      first = gaveWayFor;
    }
  }
}
