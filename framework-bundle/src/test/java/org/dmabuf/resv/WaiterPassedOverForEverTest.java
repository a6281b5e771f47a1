package org.dmabuf.resv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import org.dmabuf.Row;
import org.dmabuf.Threads;
import org.junit.jupiter.api.Test;

/**
 * A thread that locks and unlocks without pause took the mutex before the woken waiter got to run,
 * again and again. Now a waiter that was woken in vain is given the mutex by the next unlock.
 */
class WaiterPassedOverForEverTest {
  @Test
  @Row("R1")
  void waiterGetsTheMutexOfAThreadThatTakesItWithoutPause() throws Exception {
    WwMutex mutex = new WwMutex(new WwClass("test"));
    AtomicBoolean stop = new AtomicBoolean();
    mutex.lock(null);
    Threads.Running<Integer> waiter =
        Threads.start(
            () -> {
              int got = 0;
              for (; got < 200; got++) {
                mutex.lock(null);
                mutex.unlock();
              }
              stop.set(true);
              return got;
            });
    waiter.awaitBlocked();
    // The holder never leaves it free for longer than one step.
    while (!stop.get()) {
      mutex.unlock();
      mutex.lock(null);
    }
    mutex.unlock();
    assertThat(waiter.join()).isEqualTo(200);
  }

  @Test
  @Row("R1")
  void mutexGivenToAWaiterThatIsInterruptedIsNotLost() throws Exception {
    WwMutex mutex = new WwMutex(new WwClass("test"));
    for (int round = 0; round < 300; round++) {
      mutex.lock(null);
      Threads.Running<Object> waiter =
          Threads.start(
              () -> {
                mutex.lockInterruptibly(null);
                mutex.unlock();
                return null;
              });
      waiter.awaitBlocked();
      mutex.unlock();
      mutex.lock(null);
      waiter.thread().interrupt();
      mutex.unlock();
      try {
        waiter.join();
      } catch (AssertionError gaveUp) {
        assertThat(gaveUp).hasRootCauseMessage(gaveUp.getCause().getMessage());
      }
      assertThat(mutex.tryLock()).as("free again").isTrue();
      mutex.unlock();
    }
  }
}
