package org.dmabuf.fence;

import java.util.Objects;
import org.dmabuf.fault.ClientFaults;
import org.dmabuf.limit.Limit;
import org.dmabuf.limit.Quota;

/**
 * The bundle behind a fence context, as far as its fences need it.
 *
 * @param fences what counts its pending fences while they are limited, never null
 * @param faults that may strike its fences and its producer's hooks, never null
 * @param gate the way into its producer's hooks, never null
 * @param whenClosed told once, after the close, on the thread that closes; never null
 */
public record ContextOwner(Quota fences, ClientFaults faults, HookGate gate, Runnable whenClosed) {
  /** Checks that nothing is missing. */
  public ContextOwner {
    Objects.requireNonNull(fences, "fences");
    Objects.requireNonNull(faults, "faults");
    Objects.requireNonNull(gate, "gate");
    Objects.requireNonNull(whenClosed, "whenClosed");
  }

  /** Returns one without limits and faults, which never leaves. */
  static ContextOwner unlimited(String name, Runnable whenClosed) {
    return new ContextOwner(
        new Quota(Limit.FENCES, name), new ClientFaults(name), HookGate.OPEN, whenClosed);
  }
}
