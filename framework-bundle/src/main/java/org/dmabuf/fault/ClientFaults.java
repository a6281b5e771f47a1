package org.dmabuf.fault;

import java.util.List;
import java.util.Optional;

/** The faults of one bundle. Without any, a call looks at one field that is null. Thread-safe. */
public final class ClientFaults {
  private final String bundle;
  private volatile List<Injection> active; // null: none

  /**
   * Makes one without faults.
   *
   * @param bundle the symbolic name, never null
   */
  public ClientFaults(String bundle) {
    this.bundle = bundle;
  }

  /** Returns whether a call may be struck, so that it is worth while to say what it is. */
  public boolean isOn() {
    return active != null;
  }

  /**
   * Strikes a call that takes something, before it is made.
   *
   * @param what the call, as messages show it
   * @throws org.dmabuf.DmaBufException what a rule says; ERESTARTSYS when it hung and was
   *     interrupted
   */
  public void before(FaultPoint point, String what) {
    if (!point.givesBack()) {
      strike(point, what);
    }
  }

  /** As {@link #before}, a call that gives something back, after it was made. */
  public void after(FaultPoint point, String what) {
    if (point.givesBack()) {
      strike(point, what);
    }
  }

  /**
   * Strikes the completion of a fence.
   *
   * @return the rule that makes it fail, or that loses it: FAIL or HANG; empty when it goes on
   */
  public Optional<FaultRule> completion(String what) {
    for (Injection each : now()) {
      if (each.strikes(bundle, FaultPoint.SIGNAL, what)) {
        switch (each.rule().kind()) {
          case FAIL, HANG -> {
            return Optional.of(each.rule());
          }
          case SLOW, INTERRUPT, THROW -> each.strike(what);
        }
      }
    }
    return Optional.empty();
  }

  /** Has the rules that concern it from now on. */
  void set(List<Injection> rules) {
    active = rules.isEmpty() ? null : List.copyOf(rules);
  }

  String bundle() {
    return bundle;
  }

  private void strike(FaultPoint point, String what) {
    for (Injection each : now()) {
      if (each.strikes(bundle, point, what)) {
        each.strike(what);
      }
    }
  }

  private List<Injection> now() {
    List<Injection> rules = active;
    return rules == null ? List.of() : rules;
  }
}
