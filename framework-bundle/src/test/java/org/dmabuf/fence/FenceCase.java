package org.dmabuf.fence;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.LogRecorder;
import org.dmabuf.ManualClock;
import org.dmabuf.seam.Interleavings;
import org.dmabuf.seam.Tasks;

/**
 * One fence, what several threads do with it, and a note of all that came of it.
 *
 * <p>What must hold: it completes once, with what one of those who completed it said; each callback
 * that was taken is called exactly once, after the state is to be seen and in order, unless it was
 * taken back, and then never; nobody who waits is forgotten; who gave up leaves no place behind.
 */
final class FenceCase implements Interleavings.Scenario {
  static final long LIMIT = 10_000_000;
  static final long WAIT = LIMIT / 2;

  /** A callback, and what became of it. */
  final class Told {
    private final FenceCallback callback = new FenceCallback(this::call, closed -> {});
    private Told before;
    private boolean taken;
    private boolean takenBack;
    private boolean closed;
    private int calls;
    private boolean ended;

    /** It is added after another one. */
    void after(Told first) {
      before = first;
    }

    /** Returns whether it was taken. */
    boolean add() {
      taken = fence.addCallback(callback);
      expect(taken || fence.isComplete(), "A callback was refused by a pending fence");
      return taken;
    }

    void remove() {
      boolean mine = fence.removeCallback(callback);
      takenBack |= mine;
    }

    void removeAndWait() {
      if (fence.removeCallbackAndWait(callback)) {
        takenBack = true;
      } else {
        expect(takenBack || ended || closed, "It was waited for a callback that has not ended");
      }
    }

    void close() {
      callback.close();
      closed = true;
    }

    private void call(DmaFence done) {
      expect(!closed, "A callback was called after it had been closed");
      expect(done == fence && fence.isComplete(), "A callback was called for a pending fence");
      expect(before == null || before.calls == 1, "Called before the one that was added before");
      calls++;
      order.add(this);
      org.dmabuf.seam.Seam.step();
      ended = true;
    }

    private void check() {
      int most = taken && !takenBack ? 1 : 0;
      assertThat(calls).as("calls").isBetween(closed ? 0 : most, most);
    }
  }

  final ManualClock clock = new ManualClock();
  final FenceContext context;
  final DmaFence fence;
  final DmaFence other;
  final Thread[] threads;
  final List<Told> all = new ArrayList<>();
  final List<Told> order = new ArrayList<>();
  final List<Integer> said = new ArrayList<>(); // by whose completion it may have completed
  boolean workDone; // as the producer's hook sees it
  Told early;
  private final List<FenceOperation> operations;
  private final List<String> wrong = new ArrayList<>();
  private int enabled;
  private int won;

  FenceCase(List<FenceOperation> operations) {
    this.operations = operations;
    this.threads = new Thread[operations.size()];
    FenceContexts contexts = new FenceContexts(clock);
    FenceOps hooks =
        new FenceOps() {
          @Override
          public boolean enableSignaling(DmaFence which) {
            expect(which != fence || ++enabled == 1, "The hook was called a second time");
            return true;
          }

          @Override
          public boolean isSignaled(DmaFence which) {
            return workDone;
          }
        };
    context =
        contexts.open(
            FenceContextInfo.of("driver", "line")
                .withOps(hooks)
                .withTimeout(Duration.ofNanos(LIMIT)),
            () -> {});
    other = contexts.open("driver", "other").create();
    fence = context.create();
    if (operations.stream().anyMatch(FenceOperation::needsEarly)) {
      early = told();
      early.add();
    }
  }

  /** Returns a callback that is in the notes. */
  Told told() {
    Told told = new Told();
    all.add(told);
    return told;
  }

  void expect(boolean so, String otherwise) {
    if (!so) {
      wrong.add(otherwise);
    }
  }

  /** A completion says whether it was the one. */
  void completed(boolean mine, int status) {
    if (mine) {
      won++;
      expect(fence.status() == status, "Completed as " + status + " and is " + fence.status());
    }
    expect(fence.isComplete(), "Completed by another one and still pending");
  }

  /** Waits, and goes on when that is interrupted by one of the others. */
  void interruptibly(Runnable wait) {
    try {
      wait.run();
    } catch (DmaBufException interrupted) {
      boolean known =
          interrupted.errno() == Errno.ERESTARTSYS
              && operations.contains(FenceOperation.INTERRUPT)
              && Thread.currentThread().isInterrupted();
      expect(known, interrupted.getMessage());
      Thread.interrupted(); // what follows is no part of the wait
    }
  }

  @Override
  public List<Tasks.Body> tasks() {
    boolean completes = operations.stream().anyMatch(FenceOperation::completes);
    boolean waits = operations.stream().anyMatch(FenceOperation::waits);
    int signaler = -1;
    List<Tasks.Body> bodies = new ArrayList<>();
    for (int i = 0; i < operations.size(); i++) {
      FenceOperation operation = operations.get(i);
      if (waits && !completes && !operation.waits() && signaler < 0) {
        signaler = i;
      }
      int me = i;
      boolean signals = i == signaler;
      bodies.add(
          () -> {
            threads[me] = Thread.currentThread();
            operation.run(this);
            if (signals) {
              FenceOperation.SIGNAL.run(this);
            }
          });
    }
    if (waits && !completes && signaler < 0) {
      bodies.add(() -> FenceOperation.SIGNAL.run(this)); // all of them wait
    }
    return bodies;
  }

  @Override
  public void check() {
    LogRecorder.clear();
    assertThat(wrong).isEmpty();
    if (!fence.isComplete()) {
      assertThat(operations).noneMatch(FenceOperation::completes);
      boolean somebody = all.stream().anyMatch(told -> told.taken && !told.takenBack);
      assertThat(fence.isAwaited()).as("has places left").isEqualTo(somebody);
      FenceOperation.SIGNAL.run(this);
    }
    assertThat(wrong).isEmpty();
    assertThat(other.isAwaited()).as("has places left").isFalse();
    assertThat(won).isBetween(0, 1);
    assertThat(said).contains(fence.status());
    all.forEach(Told::check);
    if (early != null && order.contains(early)) {
      assertThat(order.getFirst()).isSameAs(early);
    }
    assertThat(context.pending()).isZero();
    context.close();
    assertThat(order).as("called once more").hasSize(all.stream().mapToInt(t -> t.calls).sum());
  }
}
