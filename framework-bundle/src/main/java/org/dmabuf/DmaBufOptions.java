package org.dmabuf;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.dmabuf.debug.LeakOptions;
import org.dmabuf.limit.ClientLimits;

/**
 * How a framework is made.
 *
 * @param clock its clock, closed with it when it can be; empty for the system's
 * @param memory how much it may use, never null
 * @param policy what becomes of live buffers of exporters whose configuration does not say, never
 *     null
 * @param waitBound how long a stopping exporter waits under {@link ExportPolicy#WAIT}, never null
 * @param drainBound how long a teardown waits for a call that does not return, before it interrupts
 *     it and again after, never null
 * @param leaks how leaks are looked for, never null
 * @param debug whether mistakes of drivers are looked for: then a mapping by a device has a
 *     lifetime of its own, importers get addresses only, and broken rules about locks and tables
 *     are told of
 * @param limits what each client may have, besides its bytes, which {@link MemoryLimits} has; never
 *     null
 */
public record DmaBufOptions(
    Optional<DmaClock> clock,
    MemoryLimits memory,
    ExportPolicy policy,
    Duration waitBound,
    Duration drainBound,
    LeakOptions leaks,
    boolean debug,
    ClientLimits limits) {
  /** Checks that nothing is missing. */
  public DmaBufOptions {
    Objects.requireNonNull(clock, "clock");
    Objects.requireNonNull(memory, "memory");
    Objects.requireNonNull(policy, "policy");
    Objects.requireNonNull(waitBound, "waitBound");
    Objects.requireNonNull(drainBound, "drainBound");
    Objects.requireNonNull(leaks, "leaks");
    Objects.requireNonNull(limits, "limits");
  }

  /**
   * Returns the system's clock, 4 GiB of memory at most, ADOPT, waits of 5 s, no look for mistakes
   * and no limits for single clients.
   */
  public static DmaBufOptions defaults() {
    return new DmaBufOptions(
        Optional.empty(),
        MemoryLimits.ofPool(4L << 30),
        ExportPolicy.ADOPT,
        Duration.ofSeconds(5),
        Duration.ofSeconds(2),
        LeakOptions.OFF,
        false,
        ClientLimits.NONE);
  }

  /** Returns the same with a clock. */
  public DmaBufOptions withClock(DmaClock other) {
    return new DmaBufOptions(
        Optional.of(other), memory, policy, waitBound, drainBound, leaks, debug, limits);
  }

  /** Returns the same with other limits. */
  public DmaBufOptions withMemory(MemoryLimits other) {
    return new DmaBufOptions(clock, other, policy, waitBound, drainBound, leaks, debug, limits);
  }

  /** Returns the same with other waits. */
  public DmaBufOptions withWaitBound(Duration other) {
    return new DmaBufOptions(clock, memory, policy, other, drainBound, leaks, debug, limits);
  }

  /** Returns the same with another look for leaks. */
  public DmaBufOptions withLeaks(LeakOptions other) {
    return new DmaBufOptions(clock, memory, policy, waitBound, drainBound, other, debug, limits);
  }

  /** Returns the same in debug mode, or not. */
  public DmaBufOptions withDebug(boolean on) {
    return new DmaBufOptions(clock, memory, policy, waitBound, drainBound, leaks, on, limits);
  }

  /** Returns the same with limits for each client. */
  public DmaBufOptions withLimits(ClientLimits other) {
    return new DmaBufOptions(clock, memory, policy, waitBound, drainBound, leaks, debug, other);
  }

  /** Returns the same with other waits for calls that do not return. */
  public DmaBufOptions withDrainBound(Duration other) {
    return new DmaBufOptions(clock, memory, policy, waitBound, other, leaks, debug, limits);
  }

  /** Returns the same with another policy for exporters that do not say. */
  public DmaBufOptions withPolicy(ExportPolicy other) {
    return new DmaBufOptions(clock, memory, other, waitBound, drainBound, leaks, debug, limits);
  }
}
