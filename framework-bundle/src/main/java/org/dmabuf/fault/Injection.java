package org.dmabuf.fault;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaClock;
import org.dmabuf.Errno;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A rule at work, until it is closed.
 *
 * <pre>
 *   call --drawn by seed, bundle, point and number--+--> not struck: goes on
 *                                                   +--> FAIL, THROW: ends here
 *                                                   +--> SLOW, HANG: waits --time, close()--> goes on
 *                                                                          --interrupt, HANG--> ends
 * </pre>
 *
 * <p>Thread-safe. Each fault is told of in the log before it strikes.
 */
public final class Injection implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Injection.class);
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private record Series(String bundle, FaultPoint point) {}

  private enum State {
    AT_WORK,
    CLOSED
  }

  private final FaultRule rule;
  private final DmaClock clock;
  private final AtomicLong total; // of all rules of the product, those that were before, too
  private final Consumer<Injection> onClose;
  private final Map<Series, AtomicLong> calls = new ConcurrentHashMap<>();
  private final Set<CountDownLatch> waiting = ConcurrentHashMap.newKeySet();
  private final AtomicLong struck = new AtomicLong();
  private volatile State state = State.AT_WORK;

  Injection(FaultRule rule, DmaClock clock, AtomicLong total, Consumer<Injection> onClose) {
    this.rule = rule;
    this.clock = clock;
    this.total = total;
    this.onClose = onClose;
  }

  /** Returns the rule, never null. */
  public FaultRule rule() {
    return rule;
  }

  /** Returns how many calls were struck so far. */
  public long struck() {
    return struck.get();
  }

  /** Takes the rule back: what hangs or is slow goes on. Idempotent. */
  @Override
  public void close() {
    state = State.CLOSED;
    onClose.accept(this);
    waiting.forEach(CountDownLatch::countDown);
  }

  /** Draws for one call, and tells of it when it is struck. */
  boolean strikes(String bundle, FaultPoint point, String what) {
    if (!rule.isAt(point)) {
      return false;
    }
    long number =
        calls
            .computeIfAbsent(new Series(bundle, point), first -> new AtomicLong())
            .getAndIncrement();
    if (!isDrawn(bundle, point, number)) {
      return false;
    }
    struck.incrementAndGet();
    total.incrementAndGet();
    LOG.warn(
        "Injected {} into {} {} of {}: {} (seed {})",
        rule.kind() == FaultKind.FAIL ? "FAIL " + rule.errno() : rule.kind(),
        point,
        number + 1,
        bundle,
        what,
        rule.seed());
    return true;
  }

  /** Does to the calling thread what the rule says. */
  void strike(String what) {
    switch (rule.kind()) {
      case FAIL -> throw new DmaBufException(rule.errno(), what + " failed by injection");
      case THROW -> throw new IllegalStateException(what + " threw by injection");
      case INTERRUPT -> Thread.currentThread().interrupt();
      case SLOW -> pause();
      case HANG -> {
        if (!pause()) {
          throw new DmaBufException(
              Errno.ERESTARTSYS, what + " hung by injection and was interrupted");
        }
      }
    }
  }

  private boolean isDrawn(String bundle, FaultPoint point, long number) {
    long series = 31L * bundle.hashCode() + point.name().hashCode();
    long mixed = mix(mix(rule.seed() + GOLDEN * series) + GOLDEN * (number + 1));
    return (mixed >>> 11) * 0x1.0p-53 < rule.rate();
  }

  /** So that neighbours have nothing in common. */
  private static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }

  /** Returns false when it was interrupted; the thread's flag stays set. */
  private boolean pause() {
    CountDownLatch over = new CountDownLatch(1);
    waiting.add(over);
    try {
      // One that was closed before the latch was seen does not wait.
      if (state == State.AT_WORK) {
        clock.sleepUntil(clock.nanos() + rule.duration().toNanos(), over);
      }
      return true;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      waiting.remove(over);
    }
  }
}
