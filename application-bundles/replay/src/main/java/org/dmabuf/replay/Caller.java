package org.dmabuf.replay;

import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.dmabuf.ManualClock;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.sync.SyncObj;

/**
 * Makes calls on a thread of its own, so that one that blocks can be told from one that returns.
 *
 * <pre>
 *   RUNS --returns--> its answer
 *     |  ^
 *     v  | a fence was signalled by what came due
 *   STANDS (parked at a fence that is not signalled, or at a sync object; only the clock can change
 *     |     that)
 *     --150 ms of the hand-turned clock have gone--> interrupted --returns--> "blocks"
 * </pre>
 *
 * <p>No time of the machine is measured but the bound after which a call is given up that neither
 * returns nor stands. In a product that runs on the machine's time it is the other way round: a
 * call that has not returned after 150 ms blocks. Calls come from one thread.
 */
final class Caller implements AutoCloseable {
  private static final int PATIENCE_MS = 150;
  private static final long MS = 1_000_000;
  private static final long LOOK_MS = 1;
  private static final long BOUND_MS = 60_000;

  private final Optional<ManualClock> clock;
  private final LinkedBlockingQueue<FutureTask<Answer>> calls = new LinkedBlockingQueue<>();
  private final FutureTask<Answer> end = new FutureTask<>(Answer::ok);
  private final Thread worker = new Thread(this::serve, "dmabuf-replay");

  /**
   * Starts the thread.
   *
   * @param clock what is turned by hand; empty for the machine's time
   */
  Caller(Optional<ManualClock> clock) {
    this.clock = clock;
    worker.setDaemon(true);
    worker.start();
  }

  /**
   * Makes a call.
   *
   * @return its answer, or that it blocks
   * @throws IllegalStateException when it neither returned nor stood at a fence, even interrupted
   */
  Answer call(Supplier<Answer> call) {
    FutureTask<Answer> task = new FutureTask<>(call::get);
    calls.add(task);
    boolean returned =
        clock.isPresent() ? returns(task, clock.get()) : returnsWithin(task, PATIENCE_MS);
    if (returned) {
      return answer(task);
    }
    worker.interrupt();
    await(task);
    return Answer.blocks();
  }

  private boolean returns(FutureTask<Answer> task, ManualClock turned) {
    if (returns(task)) {
      return true;
    }
    // By the millisecond, so that who is woken on the way finds the clock at that time.
    for (int gone = 0; gone < PATIENCE_MS; gone++) {
      turned.advance(MS);
      if (returns(task)) {
        return true;
      }
    }
    return false;
  }

  /** Waits until a call has returned or stands; returns which of both. */
  private boolean returns(FutureTask<Answer> task) {
    for (long waited = 0; waited < BOUND_MS; waited += LOOK_MS) {
      if (stands()) {
        return false;
      }
      if (returnsWithin(task, LOOK_MS)) {
        return true;
      }
    }
    throw stuck();
  }

  private void await(FutureTask<Answer> task) {
    for (long waited = 0; waited < BOUND_MS; waited += LOOK_MS) {
      if (returnsWithin(task, LOOK_MS)) {
        return;
      }
    }
    throw stuck();
  }

  /** Woken by the return, at the latest after so many milliseconds of the machine. */
  private static boolean returnsWithin(FutureTask<Answer> task, long millis) {
    try {
      task.get(millis, TimeUnit.MILLISECONDS);
      return true;
    } catch (ExecutionException failed) {
      return true;
    } catch (TimeoutException runs) {
      return false;
    } catch (InterruptedException interrupted) {
      throw ended(interrupted);
    }
  }

  /**
   * A fence that is signalled wakes its waiter, which may look as if it still stood for a while.
   */
  private boolean stands() {
    Object blocker = LockSupport.getBlocker(worker);
    boolean pending =
        (blocker instanceof DmaFence fence && !fence.isSignaled()) || blocker instanceof SyncObj;
    return pending && worker.getState() == Thread.State.WAITING;
  }

  private IllegalStateException stuck() {
    return new IllegalStateException(
        "A call neither returned nor waited for a fence within "
            + BOUND_MS
            + " ms; its thread is "
            + worker.getState()
            + " at "
            + LockSupport.getBlocker(worker));
  }

  private static Answer answer(FutureTask<Answer> task) {
    try {
      return task.get();
    } catch (ExecutionException failed) {
      return Answer.broken(failed.getCause());
    } catch (InterruptedException interrupted) {
      throw ended(interrupted);
    }
  }

  private static IllegalStateException ended(InterruptedException interrupted) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("The replay was interrupted", interrupted);
  }

  private void serve() {
    try {
      for (FutureTask<Answer> call = calls.take(); call != end; call = calls.take()) {
        call.run();
        // An interrupt was for the call that it ended.
        Thread.interrupted();
      }
    } catch (InterruptedException impossible) {
      // Nobody interrupts but during a call.
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the thread after the calls that were made. */
  @Override
  public void close() {
    calls.add(end);
  }
}
