package org.dmabuf.resv;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntPredicate;
import org.dmabuf.Row;
import org.dmabuf.StressCounts;
import org.dmabuf.Threads;
import org.dmabuf.resv.Locking.Outcome;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The stress cases of the kernel's test-ww_mutex, by their names, with both algorithms. */
@Tag("stress")
class TestWwMutexStressTest {
  private static final Duration FULL = Duration.ofSeconds(2);
  private static final int FEW = 16;
  private static final int MANY = 2046;

  /** What a thread does over and over. */
  private enum Work {
    /** All locks in an order of its own, which it keeps also after it gave way. */
    INORDER,
    /** All locks, and what it gave way for comes first from then on. */
    REORDER,
    /** One lock, the same again and again, without a context. */
    ONE
  }

  /** A lock and what it guards: a count that nobody else may see half done. */
  private static final class Guarded {
    final WwMutex mutex;
    private long count;

    Guarded(WwClass family) {
      mutex = new WwMutex(family);
    }

    void count() {
      count++;
    }
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("stress_inorder_work")
  @Row({"R1", "R2", "R3"})
  void stressInorderWork(WwAlgorithm algorithm) throws Exception {
    stress(algorithm, FEW, 300, 4, Work.INORDER);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("stress_reorder_work")
  @Row({"R1", "R2", "R3"})
  void stressReorderWork(WwAlgorithm algorithm) throws Exception {
    stress(algorithm, FEW, 300, 4, Work.REORDER);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("stress_one_work among all")
  @Row({"R1", "R2", "R3"})
  void stressAll(WwAlgorithm algorithm) throws Exception {
    stress(algorithm, MANY, 3, 6, Work.values());
  }

  private static void stress(
      WwAlgorithm algorithm, int locks, int rounds, int threads, Work... works) throws Exception {
    WwClass family = new WwClass("test", algorithm);
    List<Guarded> all = new ArrayList<>();
    for (int i = 0; i < locks; i++) {
      all.add(new Guarded(family));
    }
    AtomicLong expected = new AtomicLong();
    IntPredicate goesOn = StressCounts.during(rounds, FULL);
    Threads.together(
        threads,
        number -> {
          List<Guarded> order = new ArrayList<>(all);
          Collections.shuffle(order, new Random(number));
          Work work = works[number % works.length];
          for (int round = 0; goesOn.test(round); round++) {
            expected.addAndGet(
                switch (work) {
                  case INORDER -> inorder(family, order);
                  case REORDER -> reorder(family, order);
                  case ONE -> one(order.getFirst());
                });
          }
        });
    assertThat(all).noneMatch(each -> each.mutex.isLocked());
    assertThat(all.stream().mapToLong(each -> each.count).sum()).isEqualTo(expected.get());
  }

  private static int one(Guarded wanted) {
    wanted.mutex.lock(null);
    wanted.count();
    wanted.mutex.unlock();
    return 1;
  }

  private static int inorder(WwClass family, List<Guarded> order) {
    try (AcquireContext with = family.begin()) {
      Guarded contended = take(with, order, null);
      while (contended != null) {
        contended.mutex.lockSlow(with);
        contended = take(with, order, contended);
      }
      return countAndUnlock(order);
    }
  }

  private static int reorder(WwClass family, List<Guarded> order) {
    try (AcquireContext with = family.begin()) {
      Guarded contended = take(with, order, null);
      while (contended != null) {
        contended.mutex.lockSlow(with);
        order.remove(contended);
        order.addFirst(contended);
        contended = take(with, order, contended);
      }
      return countAndUnlock(order);
    }
  }

  /** Takes all in their order but the one that is held; else none, and returns who it waits for. */
  private static Guarded take(AcquireContext with, List<Guarded> order, Guarded held) {
    for (int i = 0; i < order.size(); i++) {
      Guarded each = order.get(i);
      if (each == held || each.mutex.acquire(with, Locking.LOCK) != Outcome.MUST_GIVE_WAY) {
        continue;
      }
      List<Guarded> taken = order.subList(0, i);
      taken.forEach(one -> one.mutex.unlock());
      if (held != null && !taken.contains(held)) {
        held.mutex.unlock();
      }
      return each;
    }
    return null;
  }

  private static int countAndUnlock(List<Guarded> order) {
    for (Guarded each : order) {
      each.count();
      each.mutex.unlock();
    }
    return order.size();
  }
}
