package org.dmabuf.storm;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dmabuf.Errno;
import org.dmabuf.fault.FaultKind;
import org.dmabuf.fault.FaultPoint;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * Has calls into drivers fail: one configuration of {@value #PID} at a time, out of a list.
 *
 * <p>Used by one thread at a time.
 */
final class Faults {
  private static final String PID = "org.dmabuf.fault";
  private static final long SLOW_MILLIS = 20;
  private static final long HANG_MILLIS = 120;

  private static final double OFTEN = 0.2;
  private static final double SELDOM = 0.05;

  /**
   * What can go wrong with whom, and how often: nothing for which a component would not start, as
   * it would be missed until its bundle starts again.
   *
   * @param role of whose calls; empty for those of clients
   */
  private record Fault(
      Optional<Role> role,
      FaultKind kind,
      Errno errno,
      double rate,
      long millis,
      List<FaultPoint> points) {
    private static Fault of(
        Role role, FaultKind kind, double rate, long millis, FaultPoint... points) {
      return new Fault(Optional.of(role), kind, Errno.EIO, rate, millis, List.of(points));
    }

    static Fault slow(Role role, double rate, FaultPoint... points) {
      return of(role, FaultKind.SLOW, rate, SLOW_MILLIS, points);
    }

    static Fault hang(FaultPoint... points) {
      return of(Role.EXPORTER, FaultKind.HANG, SELDOM, HANG_MILLIS, points);
    }

    static Fault thrown(FaultPoint... points) {
      return of(Role.EXPORTER, FaultKind.THROW, OFTEN, 0, points);
    }

    static Fault fail(Role role, Errno errno, FaultPoint... points) {
      return new Fault(Optional.of(role), FaultKind.FAIL, errno, OFTEN, 0, List.of(points));
    }

    static Fault ofClients(Errno errno, FaultPoint... points) {
      return new Fault(Optional.empty(), FaultKind.FAIL, errno, OFTEN, 0, List.of(points));
    }

    /** The thread that calls is interrupted, whoever's it is. */
    static Fault interrupt(Role role, double rate, FaultPoint... points) {
      return of(role, FaultKind.INTERRUPT, rate, 0, points);
    }

    @Override
    public String toString() {
      return kind + (kind == FaultKind.FAIL ? " " + errno : "") + " of " + points;
    }
  }

  private static final List<Fault> FAULTS =
      List.of(
          Fault.slow(Role.EXPORTER, OFTEN, FaultPoint.MAP, FaultPoint.UNMAP),
          Fault.slow(Role.EXPORTER, OFTEN, FaultPoint.ATTACH, FaultPoint.DETACH),
          Fault.slow(Role.EXPORTER, OFTEN, FaultPoint.ALLOCATE, FaultPoint.EXPORT),
          Fault.slow(Role.CAPTURE, SELDOM, FaultPoint.FENCE, FaultPoint.SIGNAL),
          Fault.slow(Role.DISPLAY, SELDOM, FaultPoint.FENCE, FaultPoint.SIGNAL),
          Fault.hang(FaultPoint.ATTACH, FaultPoint.MAP),
          Fault.hang(FaultPoint.DETACH, FaultPoint.UNMAP, FaultPoint.RELEASE),
          Fault.fail(Role.EXPORTER, Errno.EBUSY, FaultPoint.ATTACH),
          Fault.fail(Role.EXPORTER, Errno.ENOMEM, FaultPoint.MAP),
          Fault.fail(Role.EXPORTER, Errno.ENOMEM, FaultPoint.ALLOCATE),
          Fault.fail(Role.EXPORTER, Errno.ENOMEM, FaultPoint.EXPORT),
          Fault.fail(Role.EXPORTER, Errno.EIO, FaultPoint.DETACH, FaultPoint.UNMAP),
          Fault.fail(Role.CAPTURE, Errno.EDQUOT, FaultPoint.FENCE),
          Fault.fail(Role.CAPTURE, Errno.ENOMEM, FaultPoint.ALLOCATE),
          Fault.thrown(FaultPoint.ATTACH, FaultPoint.MAP),
          Fault.ofClients(Errno.ENOMEM, FaultPoint.FENCE_CONTEXT, FaultPoint.FENCE),
          Fault.ofClients(Errno.EMFILE, FaultPoint.DESCRIPTOR),
          Fault.interrupt(Role.EXPORTER, OFTEN, FaultPoint.ATTACH, FaultPoint.MAP),
          Fault.interrupt(
              Role.EXPORTER, OFTEN, FaultPoint.DETACH, FaultPoint.UNMAP, FaultPoint.RELEASE),
          Fault.interrupt(Role.CAPTURE, SELDOM, FaultPoint.FENCE, FaultPoint.SIGNAL),
          Fault.interrupt(Role.DISPLAY, SELDOM, FaultPoint.FENCE, FaultPoint.SIGNAL));

  private final ConfigurationAdmin admin;
  private final Map<Role, List<String>> drivers;
  private Configuration active; // null: none

  /**
   * Makes it.
   *
   * @param drivers whose calls can fail, by role: symbolic names, one at least of each
   */
  Faults(ConfigurationAdmin admin, Map<Role, List<String>> drivers) {
    this.admin = admin;
    this.drivers = drivers;
  }

  /** Begins to inject what a number chooses, by that number as its seed; returns what it is. */
  String inject(int draw) throws IOException {
    Fault fault = FAULTS.get(draw % FAULTS.size());
    List<String> some = fault.role().map(drivers::get).orElse(List.of(Guests.NAME));
    String driver = some.get(draw / FAULTS.size() % some.size());
    Map<String, Object> rule = new LinkedHashMap<>();
    rule.put("bundle", driver);
    rule.put("points", fault.points().stream().map(Enum::name).toArray(String[]::new));
    rule.put("kind", fault.kind().name());
    rule.put("errno", fault.errno().name());
    rule.put("rate", fault.rate());
    rule.put("duration.ms", fault.millis());
    rule.put("seed", (long) draw);
    active = admin.createFactoryConfiguration(PID, "?");
    active.update(FrameworkUtil.asDictionary(rule));
    return fault + " of " + driver;
  }

  /** Ends it. Idempotent. */
  void heal() throws IOException {
    if (active != null) {
      active.delete();
      active = null;
    }
  }
}
