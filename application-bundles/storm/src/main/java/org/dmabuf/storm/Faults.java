package org.dmabuf.storm;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
   */
  private record Fault(
      Role role, FaultKind kind, Errno errno, double rate, long millis, List<FaultPoint> points) {
    static Fault slow(Role role, double rate, FaultPoint... points) {
      return new Fault(role, FaultKind.SLOW, Errno.EIO, rate, SLOW_MILLIS, List.of(points));
    }

    static Fault hang(FaultPoint... points) {
      return new Fault(
          Role.EXPORTER, FaultKind.HANG, Errno.EIO, SELDOM, HANG_MILLIS, List.of(points));
    }

    static Fault fail(Role role, Errno errno, FaultPoint... points) {
      return new Fault(role, FaultKind.FAIL, errno, OFTEN, 0, List.of(points));
    }

    /** The thread that calls is interrupted, whoever's it is. */
    static Fault interrupt(Role role, double rate, FaultPoint... points) {
      return new Fault(role, FaultKind.INTERRUPT, Errno.EIO, rate, 0, List.of(points));
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
          Fault.fail(Role.EXPORTER, Errno.ENOMEM, FaultPoint.EXPORT),
          Fault.fail(Role.EXPORTER, Errno.EIO, FaultPoint.DETACH, FaultPoint.UNMAP),
          Fault.fail(Role.CAPTURE, Errno.EDQUOT, FaultPoint.FENCE),
          Fault.fail(Role.CAPTURE, Errno.ENOMEM, FaultPoint.ALLOCATE),
          new Fault(
              Role.EXPORTER,
              FaultKind.THROW,
              Errno.EIO,
              OFTEN,
              0,
              List.of(FaultPoint.ATTACH, FaultPoint.MAP)),
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
    List<String> some = drivers.get(fault.role());
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
