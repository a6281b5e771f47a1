package org.dmabuf.gem.placement;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DriverThreads;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.memory.BackingStore;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The copy engine of all devices whose buffers move: does their moves on a thread of its bundle's,
 * which is there while there are any, each as soon as what it waits for is done, in any order.
 *
 * <pre>
 *   start --(nothing to wait for)-----> ready --engine's thread--> moved, fence completed
 *     +---waits for a fence----callback--^
 *
 *   RUNNING --close()--> CLOSED   once none is left, or after a bound, when the rest goes at once
 * </pre>
 *
 * <p>It belongs to the subsystem and not to a driver, so that a driver that leaves need not end the
 * moves of its buffers: a device may go on writing where a buffer was for as long as it has it
 * mapped, and only then can that be moved. Thread-safe; nothing is called with its monitor held.
 * Kernel counterpart: a {@code drm_gpu_scheduler} before a DMA engine.
 */
// immediate: it goes on when the last driver that uses it has left
@Component(service = MoveEngine.class, immediate = true)
public final class MoveEngine implements AutoCloseable {
  private enum State {
    RUNNING,
    CLOSED
  }

  private static final Logger LOG = LoggerFactory.getLogger(MoveEngine.class);

  /** How long a subsystem that stops waits for the moves, in real ms. */
  private static final long BOUND_MILLIS = 5_000;

  private final DmaBufRegistry registry;
  private final Set<Move> left = new HashSet<>(); // guarded by this
  private State state = State.RUNNING; // guarded by this
  private final DriverThreads.WorkQueue engine;

  /**
   * Starts an engine, without a thread.
   *
   * @param registry the registry of the subsystem's bundle, whose the thread and the moves' fences
   *     are; not that of a driver; never null
   * @throws DmaBufException ENODEV when that bundle leaves
   */
  @Activate
  public MoveEngine(@Reference DmaBufRegistry registry) {
    this.registry = registry;
    this.engine = registry.threads().queue("dmabuf-moves");
  }

  /** Closed, when nothing is left to do: who is told late has nothing to tell. */
  private void finishLater(Move move) {
    try {
      engine.execute(() -> finish(move));
    } catch (DmaBufException closed) {
      LOG.debug("{} is told of when all moves have ended: {}", move, closed.getMessage());
    }
  }

  /**
   * Makes a move, of which the caller lists the fence before it goes on.
   *
   * @param device whose buffer it is, for messages
   * @throws DmaBufException ENODEV when the subsystem leaves; then there is no move
   */
  Move move(String device, BackingStore from, BackingStore to) {
    Move move = Move.of(registry, device, from, to, this::finishLater);
    boolean taken;
    synchronized (this) {
      taken = state == State.RUNNING && left.add(move);
    }
    if (!taken) {
      move.cancel();
      throw new DmaBufException(
          Errno.ENODEV, "A buffer of " + device + " was to be moved when the GEM subsystem leaves");
    }
    return move;
  }

  /**
   * Does a move once something has completed.
   *
   * @param after what that is; empty for nothing
   */
  void start(Move move, Optional<DmaFence> after) {
    if (after.isEmpty() || !move.waitFor(after.get())) {
      finishLater(move);
    }
  }

  /** Does a move that waits for nothing on this thread; its fence completes on the engine's. */
  void runNow(Move move) {
    move.run();
    finishLater(move);
  }

  /**
   * Ends the engine, when all that was begun has moved: a move that still waits for others after a
   * bound is done at once, so that nothing is lost but what they write later. Called when the
   * subsystem stops, after the drivers that use it.
   */
  @Deactivate
  @Override
  public void close() {
    synchronized (this) {
      state = State.CLOSED;
    }
    if (!awaitNone()) {
      for (Move late : unfinished()) {
        LOG.warn("A buffer is moved though others may still use it: {}", late);
        late.forget();
        finishLater(late);
      }
      if (!awaitNone()) {
        LOG.error("Moves of buffers have not ended: {}", unfinished());
      }
    }
    engine.close();
  }

  private void finish(Move move) {
    synchronized (this) {
      if (!left.contains(move)) {
        return; // done before, by a subsystem that could wait no longer
      }
    }
    move.run();
    move.complete(registry.signalling());
    synchronized (this) {
      left.remove(move);
      notifyAll();
    }
  }

  private synchronized Set<Move> unfinished() {
    return Set.copyOf(left);
  }

  private synchronized boolean awaitNone() {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(BOUND_MILLIS);
    try {
      for (long rest = BOUND_MILLIS; !left.isEmpty() && rest > 0; ) {
        wait(rest);
        rest = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    return left.isEmpty();
  }
}
