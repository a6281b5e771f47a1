package org.dmabuf.fault;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.dmabuf.DmaClock;

/**
 * All rules at work in a product, and the clients that they may concern. Thread-safe: its monitor
 * orders changes; no call is struck with it held.
 */
public final class FaultBook {
  private final DmaClock clock;
  private final AtomicLong struck = new AtomicLong();
  private final List<Injection> rules = new ArrayList<>(); // guarded by this
  private final Set<ClientFaults> clients = ConcurrentHashMap.newKeySet();

  /**
   * Makes one without rules.
   *
   * @param clock what slow and hanging calls are measured by, never null
   */
  public FaultBook(DmaClock clock) {
    this.clock = clock;
  }

  /** Begins to strike calls by a rule; returns what ends it, never null. */
  public Injection add(FaultRule rule) {
    Injection injection = new Injection(rule, clock, struck, this::remove);
    synchronized (this) {
      rules.add(injection);
      clients.forEach(this::tell);
    }
    return injection;
  }

  /** Returns how many calls were struck so far, by all rules that there are and were. */
  public long struck() {
    return struck.get();
  }

  /** A bundle comes: rules may concern it from now on. */
  public synchronized void enter(ClientFaults client) {
    clients.add(client);
    tell(client);
  }

  /** A bundle has gone. */
  public void exit(ClientFaults client) {
    clients.remove(client);
  }

  private synchronized void remove(Injection injection) {
    rules.remove(injection);
    clients.forEach(this::tell);
  }

  private void tell(ClientFaults client) {
    client.set(rules.stream().filter(each -> each.rule().isOf(client.bundle())).toList());
  }
}
