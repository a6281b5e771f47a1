package org.dmabuf.resv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.Row;
import org.dmabuf.Threads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WwMutexStressTest {
  private final WwClass family = new WwClass("stress");
  private long counter; // guarded by the mutex under test

  @ParameterizedTest
  @ValueSource(ints = {2, 8})
  @Row("R1")
  void onlyOneThreadIsInside(int threads) throws Exception {
    WwMutex mutex = new WwMutex(family);
    int rounds = 80_000 / threads;
    Threads.together(
        threads,
        number -> {
          for (int i = 0; i < rounds; i++) {
            if (i % 7 != 0 || !mutex.tryLock()) {
              mutex.lock(null);
            }
            counter++;
            mutex.unlock();
          }
        });
    assertThat(counter).isEqualTo((long) threads * rounds);
    assertThat(mutex.isLocked()).isFalse();
  }

  @Test
  @Row({"R2", "R3"})
  void abbaIsResolvedByBackingOff() throws Exception {
    WwMutex a = new WwMutex(family);
    WwMutex b = new WwMutex(family);
    Threads.together(
        2,
        number -> {
          WwMutex mine = number == 0 ? a : b;
          WwMutex other = number == 0 ? b : a;
          for (int i = 0; i < 5_000; i++) {
            try (AcquireContext context = family.begin()) {
              takeAll(context, List.of(mine, other));
              counter++;
              a.unlock();
              b.unlock();
            }
          }
        });
    assertThat(counter).isEqualTo(10_000);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 8})
  @Row({"R2", "R3"})
  void randomSetsOfSixteenAreAllTakenInTheEnd(int threads) throws Exception {
    List<WwMutex> all = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      all.add(new WwMutex(family));
    }
    long[] taken = new long[16];
    long[] expected = new long[16];
    Threads.together(
        threads,
        number -> {
          Random random = new Random(42 + number);
          long[] mine = new long[16];
          for (int i = 0; i < 6_000 / threads; i++) {
            List<WwMutex> some = new ArrayList<>();
            for (int at : random.ints(0, 16).distinct().limit(1 + random.nextInt(5)).toArray()) {
              some.add(all.get(at));
            }
            try (AcquireContext context = family.begin()) {
              takeAll(context, some);
              for (WwMutex each : some) {
                taken[all.indexOf(each)]++;
                mine[all.indexOf(each)]++;
              }
              some.forEach(WwMutex::unlock);
            }
          }
          synchronized (expected) {
            for (int at = 0; at < 16; at++) {
              expected[at] += mine[at];
            }
          }
        });
    assertThat(taken).isEqualTo(expected);
    assertThat(all).noneMatch(WwMutex::isLocked);
  }

  @Test
  @Row("R1")
  void wakeUpThatAnInterruptedWaiterGotIsNotLost() throws Exception {
    WwMutex mutex = new WwMutex(family);
    for (int round = 0; round < 400; round++) {
      mutex.lock(null);
      Threads.Running<Object> interrupted =
          Threads.start(
              () -> {
                try {
                  mutex.lockInterruptibly(null);
                  mutex.unlock();
                } catch (DmaBufException gaveUp) {
                  assertThat(gaveUp.errno()).isEqualTo(Errno.ERESTARTSYS);
                }
                return null;
              });
      interrupted.awaitBlocked();
      Threads.Running<Object> behind =
          Threads.start(
              () -> {
                mutex.lock(null);
                mutex.unlock();
                return null;
              });
      behind.awaitBlocked();
      if (round % 2 == 0) {
        interrupted.thread().interrupt();
        mutex.unlock();
      } else {
        mutex.unlock();
        interrupted.thread().interrupt();
      }
      interrupted.join();
      behind.join();
      assertThat(mutex.isLocked()).isFalse();
    }
  }

  /** Takes a set in its given order, backing off as the kernel's users do. */
  private static void takeAll(AcquireContext context, List<WwMutex> wanted) {
    WwMutex contended = null;
    while (true) {
      List<WwMutex> held = new ArrayList<>();
      WwMutex tried = contended;
      try {
        if (contended != null) {
          contended.lockSlow(context);
          held.add(contended);
        }
        for (WwMutex each : wanted) {
          if (each != contended) {
            tried = each;
            each.lock(context);
            held.add(each);
          }
        }
        return;
      } catch (DmaBufException dead) {
        assertThat(dead.errno()).isEqualTo(Errno.EDEADLK);
        held.forEach(WwMutex::unlock);
        contended = tried;
      }
    }
  }
}
