package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Threads of a test: started together, joined within a bound, their failures thrown. */
public final class Threads {
  private static final long BOUND_SECONDS = 60;

  private Threads() {}

  /** A body that knows its number and may throw. */
  public interface Body {
    void run(int number) throws Exception;
  }

  /** Runs a body on so many threads that begin together, and waits for all. */
  public static void together(int count, Body body) throws Exception {
    CyclicBarrier start = new CyclicBarrier(count);
    List<Running<Object>> running = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      running.add(
          start(
              () -> {
                start.await();
                body.run(number);
                return null;
              }));
    }
    for (Running<Object> each : running) {
      each.join();
    }
  }

  /** Starts a thread. */
  public static <T> Running<T> start(Callable<T> body) {
    FutureTask<T> task = new FutureTask<>(body);
    Thread thread = Thread.ofPlatform().daemon().name("test").start(task);
    return new Running<>(thread, task);
  }

  /** A thread that was started. */
  public record Running<T>(Thread thread, FutureTask<T> task) {

    /** Waits for its end and returns its result. */
    public T join() throws Exception {
      try {
        return task.get(BOUND_SECONDS, TimeUnit.SECONDS);
      } catch (ExecutionException failed) {
        throw new AssertionError(
            "A thread of the test failed: " + failed.getCause(), failed.getCause());
      } catch (TimeoutException hangs) {
        AssertionError hanging = new AssertionError("A thread of the test hangs: " + thread);
        hanging.setStackTrace(thread.getStackTrace());
        throw hanging;
      }
    }

    /** Waits until it is seen parked or waiting on a monitor. */
    public void awaitBlocked() {
      awaitSeen("it waits", this::isParked);
    }

    /** Waits until it is seen parked for an object: also when it waits for another one now. */
    public void awaitBlockedOn(Object blocker) {
      awaitSeen("it waits for " + blocker, () -> LockSupport.getBlocker(thread) == blocker);
    }

    // What was seen counts: a second look could find a thread that goes on.
    private static void awaitSeen(String what, BooleanSupplier seen) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND_SECONDS);
      while (!seen.getAsBoolean()) {
        assertThat(System.nanoTime() - end).as(what).isNegative();
        Thread.onSpinWait();
      }
    }

    private boolean isParked() {
      Thread.State state = thread.getState();
      return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
    }
  }

  /** Waits until the collector has cleared what a reference names. */
  public static void awaitCollected(java.lang.ref.Reference<?> reference) {
    for (int i = 0; i < 100 && reference.refersTo(null) == false; i++) {
      System.gc();
    }
    assertThat(reference.refersTo(null)).as("collected").isTrue();
  }

  /** Waits until something is so that the collector brings about. */
  public static void awaitByCollector(String what, BooleanSupplier is) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND_SECONDS);
    while (!is.getAsBoolean()) {
      assertThat(System.nanoTime() - end).as(what).isNegative();
      System.gc();
    }
  }
}
