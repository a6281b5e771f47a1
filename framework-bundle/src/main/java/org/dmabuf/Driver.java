package org.dmabuf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Optional;
import java.util.function.Function;
import org.dmabuf.fault.ClientFaults;
import org.dmabuf.fault.FaultPoint;
import org.dmabuf.memory.BackingStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who serves a buffer: the exporter's ops behind the one field that is cleared when it leaves.
 *
 * <pre>
 *   LIVE --exporter leaves--------> ADOPTED   (framework's ops over the storage)
 *     |                             REVOKED   (no ops; mapped memory stays until unmapped)
 *     +--exporter takes it back---> WITHDRAWN (ops for giving back only) --exporter leaves--> REVOKED
 *     +--last reference-----------> RELEASED  (from each of the above)
 * </pre>
 *
 * <p>The field is changed under the buffer's reservation. Calls that run with the reservation held
 * are safe by it; the others pass the exporter's {@link CallGate}. Kernel counterpart: {@code
 * dma_buf.ops}.
 */
final class Driver {
  enum State {
    LIVE,
    ADOPTED,
    WITHDRAWN,
    REVOKED,
    RELEASED
  }

  private static final Logger LOG = LoggerFactory.getLogger(Driver.class);

  private static final VarHandle CALLER;

  static {
    try {
      CALLER = MethodHandles.lookup().findVarHandle(Driver.class, "caller", Thread.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private final BufferObject buffer;
  private volatile DmaBufOps ops;
  private volatile State state = State.LIVE;

  @SuppressWarnings("UnusedVariable") // through CALLER
  private Thread caller; // inside with the reservation held; null when nobody is

  private String inside; // what the caller calls, innermost

  Driver(BufferObject buffer, DmaBufOps ops) {
    this.buffer = buffer;
    this.ops = ops;
  }

  State state() {
    return state;
  }

  /** Whether there are no ops. */
  boolean isGone() {
    return ops == null;
  }

  /** Whether anything may still be taken. */
  boolean isUsable() {
    return ops != null && state != State.WITHDRAWN;
  }

  /** Whether the ops have an optional part. */
  boolean can(Class<?> part) {
    return part.isInstance(ops);
  }

  /** Calls the ops with the reservation held; ENODEV when they are gone. */
  <T> T callLocked(FaultPoint point, String what, Function<DmaBufOps, T> call) {
    buffer.checkHeld(what);
    DmaBufOps now = ops;
    if (now == null) {
      throw gone(what);
    }
    String outer = inside;
    inside = what;
    CALLER.setRelease(this, Thread.currentThread());
    try {
      return guarded(point, what, now, call);
    } finally {
      inside = outer;
      if (outer == null) {
        CALLER.setRelease(this, null);
      }
    }
  }

  /**
   * Returns the call that is inside with the reservation held, as far as it is seen; a teardown
   * asks when it has waited for a while.
   */
  Optional<CallGate.Inside> inside() {
    Thread thread = (Thread) CALLER.getAcquire(this);
    String what = inside;
    return thread == null || what == null
        ? Optional.empty()
        : Optional.of(new CallGate.Inside(thread, what));
  }

  /** Calls the ops without the reservation; ENODEV when they are gone. */
  <T> T callUnlocked(FaultPoint point, String what, Function<DmaBufOps, T> call) {
    buffer.debug().checkNotHeld(buffer, what);
    CallGate gate = buffer.exporter().gate();
    while (true) {
      DmaBufOps now = ops;
      if (now == null) {
        throw gone(what);
      }
      if (now instanceof AdoptedOps) {
        return guarded(point, what, now, call);
      }
      if (!gate.enter(what)) {
        // Ops are changed before the gate closes: so this buffer was exported too late to be seen.
        if (ops == now) {
          throw gone(what);
        }
        continue;
      }
      try {
        if (ops == now) {
          return guarded(point, what, now, call);
        }
      } finally {
        gate.exit();
      }
    }
  }

  /** From now on nothing can be taken, and the ops are for giving back; false when it was so. */
  boolean withdraw() {
    buffer.checkHeld("Taking back");
    if (!isUsable()) {
      return false;
    }
    state = State.WITHDRAWN;
    return true;
  }

  /** The exporter goes; with the reservation held. What it took back is not adopted. */
  void leave(ExportPolicy policy) {
    if (policy == ExportPolicy.ADOPT && isUsable()) {
      adopt();
    } else {
      revoke();
    }
  }

  /**
   * The exporter goes and a call of it does not return, so that the reservation cannot be had: no
   * other call is made.
   */
  void cut() {
    ops = null;
    state = State.REVOKED;
  }

  /** The export came too late: the driver is not called, not for its release either. */
  void cancel() {
    if (!(ops instanceof AdoptedOps)) {
      ops = null;
      state = State.REVOKED;
    }
  }

  /** The last reference is gone. */
  void release() {
    try {
      if (ops != null) {
        callUnlocked(
            FaultPoint.RELEASE,
            "release",
            driver -> {
              driver.release();
              return null;
            });
      }
    } catch (DmaBufException failed) {
      LOG.warn("Release of {} failed: {}", buffer.describe(), failed.getMessage());
    } finally {
      ops = null;
      state = State.RELEASED;
    }
  }

  DmaBufException gone(String what) {
    return new DmaBufException(
        Errno.ENODEV,
        what
            + " of "
            + buffer.describe()
            + ": its exporter has "
            + (state == State.WITHDRAWN ? "taken it back" : "gone")
            + "; use another buffer");
  }

  private void adopt() {
    try {
      BackingStore store = handedOver();
      if (store == null || store.size() < buffer.size()) {
        throw new DmaBufException(
            Errno.EINVAL,
            "Its exporter handed over "
                + (store == null ? "nothing" : store.size() + " bytes")
                + " for "
                + buffer.size());
      }
      buffer.exporter().disown(store);
      ops = new AdoptedOps(store);
      state = State.ADOPTED;
    } catch (Throwable failed) {
      LOG.warn("{} could not be adopted ({}); it is revoked", buffer.describe(), failed.toString());
      revoke();
    }
  }

  private BackingStore handedOver() {
    ClientFaults faults = buffer.exporter().faults();
    if (faults.isOn()) {
      faults.before(FaultPoint.HAND_OVER, "The hand-over of " + buffer.describe());
    }
    return ((DmaBufOps.Adoptable) ops).handOver();
  }

  private void revoke() {
    ops = null;
    state = State.REVOKED;
    buffer.moveNotify();
  }

  private <T> T guarded(
      FaultPoint point, String what, DmaBufOps driver, Function<DmaBufOps, T> call) {
    buffer.debug().checkCallOut(buffer, what);
    try {
      ClientFaults faults = buffer.exporter().faults();
      if (!faults.isOn() || driver instanceof AdoptedOps) {
        return call.apply(driver);
      }
      String whole = what + " of " + buffer.describe();
      faults.before(point, whole);
      T result = call.apply(driver);
      faults.after(point, whole);
      return result;
    } catch (DmaBufException answered) {
      throw answered;
    } catch (Throwable failed) {
      // Only the text goes on: the throwable's class may be the driver's.
      LOG.error("{} of {} failed in its exporter: {}", what, buffer.describe(), failed, failed);
      throw new DmaBufException(
          Errno.EIO, what + " of " + buffer.describe() + " failed in its exporter with " + failed);
    }
  }

  /** The framework's own ops, which no gate guards, in the place of the driver's. */
  private static final class AdoptedOps extends StoreOps {
    AdoptedOps(BackingStore store) {
      super(store);
    }
  }
}
