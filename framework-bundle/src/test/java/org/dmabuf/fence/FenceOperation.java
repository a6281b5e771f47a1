package org.dmabuf.fence;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import org.dmabuf.Errno;
import org.dmabuf.seam.Interleavings;

/** What a thread may do with a fence. Any of them must get on with any other. */
public enum FenceOperation {
  /** Adds a callback, which may come too late. */
  ADD(all -> all.told().add()),
  /** Adds two: when the first is too late, so is the second. */
  ADD_TWICE(
      all -> {
        FenceCase.Told first = all.told();
        FenceCase.Told second = all.told();
        boolean late = !first.add();
        second.after(first);
        all.expect(!second.add() || !late, "Refused, and taken afterwards");
      }),
  /** Adds a callback and takes it back. */
  ADD_AND_REMOVE(
      all -> {
        FenceCase.Told told = all.told();
        told.add();
        told.remove();
      }),
  /** Takes back a callback that was there before. */
  REMOVE(all -> all.early.remove()),
  /** Takes it back, or waits for its end. */
  REMOVE_AND_WAIT(all -> all.interruptibly(all.early::removeAndWait)),
  /** Ends it, as the bundle that made it does. */
  CLOSE_CALLBACK(all -> all.early.close()),
  /** The producer's work is done. */
  SIGNAL(
      all -> {
        all.said.add(1);
        all.completed(all.context.signal(all.fence), 1);
      }),
  /** It failed. */
  FAIL(
      all -> {
        all.said.add(-Errno.EIO.number());
        all.completed(all.context.fail(all.fence, Errno.EIO), -Errno.EIO.number());
      }),
  /** The producer is asked, and says that its work is done. */
  POLL(
      all -> {
        all.said.add(1);
        all.workDone = true;
        all.context.poll();
      }),
  /** The producer, or its bundle, ends. */
  CLOSE(
      all -> {
        all.said.add(-Errno.ECANCELED.number());
        all.context.close();
      }),
  /** The producer was forgotten. */
  DROP(
      all -> {
        all.said.add(-Errno.ECANCELED.number());
        all.said.add(-Errno.EDEADLK.number());
        all.context.line().forgotten();
      }),
  /** Time passes until the watchdog completes it. */
  TIME(
      all -> {
        all.said.add(-Errno.ETIMEDOUT.number());
        all.clock.advance(FenceCase.WAIT);
        all.clock.advance(FenceCase.LIMIT - FenceCase.WAIT);
      }),
  /** Asks for its state. */
  LOOK(
      all -> {
        int before = all.fence.status();
        boolean signaled = all.fence.isSignaled();
        int after = all.fence.status();
        all.expect(before == 0 || (signaled && after == before), "Completed and changed again");
        all.expect(!signaled || after != 0, "Completed and pending again");
        all.expect(!signaled || all.fence.timestamp() != 0, "Completed at no time");
      }),
  /** Waits until it has completed. */
  WAIT(
      all ->
          all.interruptibly(
              () -> {
                all.fence.await();
                all.expect(all.fence.isComplete(), "The wait ended before");
              })),
  /** Waits until it has completed, on through interrupts. */
  WAIT_UNINTERRUPTIBLY(
      all -> {
        boolean done = all.fence.awaitUninterruptibly(Duration.ofDays(40_000));
        all.expect(done && all.fence.isComplete(), "The wait ended before");
      }),
  /** Waits for a time. */
  WAIT_TIMEOUT(
      all ->
          all.interruptibly(
              () -> {
                long start = all.clock.nanos();
                boolean done = all.fence.await(Duration.ofNanos(FenceCase.WAIT));
                all.expect(
                    done ? all.fence.isComplete() : all.clock.nanos() - start >= FenceCase.WAIT,
                    "The wait ended before its time");
              })),
  /** Waits for the first of two. */
  WAIT_ANY(
      all ->
          all.interruptibly(
              () -> {
                OptionalInt first =
                    DmaFence.awaitAny(List.of(all.other, all.fence), Duration.ofDays(40_000));
                all.expect(first.getAsInt() == 1 && all.fence.isComplete(), "Not the one");
              })),
  /** Interrupts the others. */
  INTERRUPT(
      all ->
          Arrays.stream(all.threads)
              .filter(thread -> thread != null && thread != Thread.currentThread())
              .forEach(Thread::interrupt)),
  /** Has the producer see to it that it completes. */
  ENABLE(all -> all.fence.enableSignaling()),
  /** Says until when it is needed. */
  DEADLINE(
      all -> {
        long mine = Thread.currentThread() == all.threads[0] ? 2 : 3;
        all.fence.setDeadline(Long.MAX_VALUE - 1);
        all.fence.setDeadline(mine);
        long is = all.fence.deadline().orElse(mine);
        all.expect(is <= mine || all.fence.isComplete(), "A deadline was lost");
      });

  private static final Set<FenceOperation> COMPLETING =
      EnumSet.of(SIGNAL, FAIL, POLL, CLOSE, DROP, TIME);
  private static final Set<FenceOperation> WAITING = EnumSet.range(WAIT, WAIT_ANY);
  private static final Set<FenceOperation> OF_EARLY =
      EnumSet.of(REMOVE, REMOVE_AND_WAIT, CLOSE_CALLBACK);

  private final Consumer<FenceCase> what;

  FenceOperation(Consumer<FenceCase> what) {
    this.what = what;
  }

  void run(FenceCase on) {
    what.accept(on);
  }

  boolean completes() {
    return COMPLETING.contains(this);
  }

  boolean waits() {
    return WAITING.contains(this);
  }

  /** Whether a callback is to be there before. */
  boolean needsEarly() {
    return OF_EARLY.contains(this);
  }

  /** Returns several at a time by their names with a plus between. */
  public static Interleavings.Maker maker(String names) {
    List<FenceOperation> operations = new ArrayList<>();
    for (String name : names.split("\\+", -1)) {
      operations.add(valueOf(name));
    }
    return () -> new FenceCase(operations);
  }
}
