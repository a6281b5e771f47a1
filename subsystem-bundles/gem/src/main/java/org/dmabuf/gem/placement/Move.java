package org.dmabuf.gem.placement;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.debug.SignallingSection;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceCallback;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.TransferMeter;
import org.dmabuf.sg.SgTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is in one store goes to another one, as work with a fence.
 *
 * <pre>
 *   WAITING --what came before is done, or nobody waits any longer--> MOVING --> MOVED | FAILED
 *                                                                                   fence completes
 * </pre>
 *
 * <p>It uses both stores until it has moved, so that their owner may close them meanwhile. Each has
 * a fence context of its own, because moves of several buffers complete in any order. Thread-safe.
 */
final class Move {
  private enum State {
    WAITING,
    MOVING,
    MOVED,
    FAILED
  }

  private static final Logger LOG = LoggerFactory.getLogger(Move.class);

  private final FenceContext context;
  private final DmaFence fence;
  private final SgTable from;
  private final SgTable to;
  private final TransferMeter meter;
  private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
  private final FenceCallback told;
  // What it waits for: a container that nobody else has would end with its last reference.
  private DmaFence after;

  private Move(
      DmaBufRegistry registry,
      FenceContext context,
      SgTable from,
      SgTable to,
      Consumer<Move> whenReady) {
    this.context = context;
    this.fence = context.create();
    this.from = from;
    this.to = to;
    this.meter = registry.meter();
    this.told = registry.callback(done -> whenReady.accept(this));
  }

  /**
   * Makes a move that has not begun.
   *
   * @param whenReady called when what it waits for has completed, on the thread that completes it
   * @throws org.dmabuf.DmaBufException ENODEV when a store is closed or the bundle leaves; then
   *     nothing is left
   */
  static Move of(
      DmaBufRegistry registry,
      String device,
      BackingStore from,
      BackingStore to,
      Consumer<Move> whenReady) {
    SgTable source = from.table(false);
    SgTable target = null;
    FenceContext context = null;
    try {
      target = to.table(true);
      context = registry.fenceContext(device, "move");
      return new Move(registry, context, source, target, whenReady);
    } catch (RuntimeException refused) {
      source.free();
      if (target != null) {
        target.free();
      }
      if (context != null) {
        context.close();
      }
      throw refused;
    }
  }

  /** Returns what completes when the new store has what was in the old one. */
  DmaFence fence() {
    return fence;
  }

  /**
   * Waits for a fence without a thread.
   *
   * @param before what has to complete before the bytes move
   * @return false when it has already: nobody is told
   */
  synchronized boolean waitFor(DmaFence before) {
    after = before;
    return before.addCallback(told);
  }

  /** Moves the bytes on this thread, once. */
  void run() {
    if (!state.compareAndSet(State.WAITING, State.MOVING)) {
      return;
    }
    try {
      FrameView source = new FrameView(from.segments(), meter);
      FrameView.move(source, 0, new FrameView(to.segments(), meter), 0, source.size());
      state.set(State.MOVED);
    } catch (RuntimeException | Error failed) {
      LOG.error("Move {} failed: {}", fence.describe(), failed, failed);
      state.set(State.FAILED);
    } finally {
      from.free();
      to.free();
    }
  }

  /** Completes the fence; with no lock held, as whoever waits is told now. */
  void complete(SignallingSection section) {
    try (section) {
      if (state.get() == State.MOVED) {
        context.signal(fence);
      } else {
        context.fail(fence, Errno.EIO);
      }
    }
    context.close();
    forget();
  }

  /** It is not done, and its fence was not given to anybody. */
  void cancel() {
    from.free();
    to.free();
    told.close();
    context.close();
  }

  /** What it waits for does not matter any longer. */
  synchronized void forget() {
    told.close();
    after = null;
  }

  @Override
  public synchronized String toString() {
    return fence.describe() + (after == null ? "" : " after " + after.describe());
  }
}
