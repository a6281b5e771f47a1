package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClockTest {
  @Test
  void tasksRunInTheOrderOfTheirTimesEachAtItsOwn() {
    ManualClock clock = new ManualClock();
    long start = clock.nanos();
    List<String> ran = new ArrayList<>();
    clock.schedule(start + 20, () -> ran.add("b" + (clock.nanos() - start)));
    clock.schedule(
        start + 10,
        () -> {
          ran.add("a" + (clock.nanos() - start));
          clock.schedule(start + 15, () -> ran.add("nested" + (clock.nanos() - start)));
        });
    clock.schedule(start + 12, () -> ran.add("cancelled")).cancel();
    clock.schedule(start, () -> ran.add("now"));
    clock.schedule(start + 31, () -> ran.add("later"));
    clock.advance(30);
    assertThat(ran).containsExactly("now", "a10", "nested15", "b20");
    assertThat(clock.nanos()).isEqualTo(start + 30);
    assertErrno(Errno.EINVAL, () -> clock.advance(-1));
  }

  @Test
  void sleeperIsWokenByTheHandThatTurnsTheClock() throws Exception {
    ManualClock clock = new ManualClock();
    long at = clock.nanos() + 5;
    Threads.Running<Long> sleeper =
        Threads.start(
            () -> {
              clock.sleepUntil(at);
              clock.sleepUntil(at);
              return clock.nanos();
            });
    clock.awaitScheduled(1);
    clock.advance(5);
    assertThat(sleeper.join()).isEqualTo(at);
  }

  /** The timer thread was made by whoever waited first and kept that bundle's class loader. */
  @Test
  void timerThreadKeepsNothingOfWhoScheduledFirstAndOutlivesAFailure() throws Exception {
    try (SystemClock clock = new SystemClock()) {
      ClassLoader mine = new ClassLoader() {};
      CompletableFuture<Thread> timer = new CompletableFuture<>();
      CountDownLatch after = new CountDownLatch(1);
      Thread.currentThread().setContextClassLoader(mine);
      try {
        clock.schedule(
            clock.nanos(),
            () -> {
              timer.complete(Thread.currentThread());
              throw new IllegalStateException("planted");
            });
      } finally {
        Thread.currentThread().setContextClassLoader(ClockTest.class.getClassLoader());
      }
      assertThat(timer.get(60, TimeUnit.SECONDS).getContextClassLoader()).isNotSameAs(mine);
      clock.schedule(clock.nanos() + 1, after::countDown);
      assertThat(after.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }
}
