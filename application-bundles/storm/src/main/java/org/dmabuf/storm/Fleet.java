package org.dmabuf.storm;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.dmabuf.pipeline.trial.Successors;
import org.dmabuf.pipeline.trial.Successors.Jar;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Version;

/**
 * The drivers that a storm replaces: all bundles of the product that have a successor.
 *
 * <pre>
 *   importers   two seats, so that each of their devices is there twice     [1.0.0] [1.0.1]
 *   exporters   one seat, as their names and regions are taken once; other  [1.0.0 or 1.0.1]
 *               exporters are their substitutes
 * </pre>
 *
 * <p>Used by one thread at a time.
 */
final class Fleet {
  private static final String IMPORTERS = "org.dmabuf.importer.";

  private final Map<SeatId, Seat> seats = new TreeMap<>();
  private final Map<SeatId, Version> versions = new TreeMap<>(); // what was there last

  /** Finds the drivers, and has a second one beside each importer. */
  static Fleet start(BundleContext context, Successors successors, Loaders loaders)
      throws BundleException, IOException {
    Fleet fleet = new Fleet();
    for (Bundle bundle : context.getBundles()) {
      List<Jar> jars = successors.versions(bundle.getSymbolicName());
      if (jars.size() > 1) {
        fleet.add(context, bundle, jars, loaders);
      }
    }
    for (Seat seat : fleet.seats.values()) {
      if (seat.isAbsent()) {
        seat.install(Version.emptyVersion);
      }
    }
    return fleet;
  }

  private void add(BundleContext context, Bundle bundle, List<Jar> jars, Loaders loaders) {
    String driver = bundle.getSymbolicName();
    SeatId first = new SeatId(driver, 0);
    if (!driver.startsWith(IMPORTERS)) {
      seats.put(first, new Seat(context, first, jars, bundle, loaders));
      return;
    }
    SeatId beside = new SeatId(driver, 1);
    seats.put(first, new Seat(context, first, List.of(jars.get(0)), bundle, loaders));
    seats.put(beside, new Seat(context, beside, List.of(jars.get(1)), null, loaders));
  }

  /** All seats, in order. */
  Collection<SeatId> ids() {
    return seats.keySet();
  }

  /**
   * How many bundles of some drivers run.
   *
   * @param but the one that is not counted
   */
  long running(Set<String> drivers, Optional<SeatId> but) {
    return seats.values().stream()
        .filter(seat -> drivers.contains(seat.id().driver()))
        .filter(seat -> !but.equals(Optional.of(seat.id())))
        .filter(Seat::isRunning)
        .count();
  }

  /** Does what an action says to the bundle of its seat. */
  void act(Kind kind, SeatId id) throws BundleException, IOException, InterruptedException {
    Seat seat = seats.get(id);
    if (!seat.isAbsent()) {
      versions.put(id, seat.version());
    }
    switch (kind) {
      case STOP -> seat.stop();
      case START -> seat.start();
      case UPDATE -> seat.update();
      case REFRESH -> seat.refresh();
      case UNINSTALL -> seat.uninstall();
      case INSTALL -> seat.install(versions.get(id));
      case SWAP -> {
        seat.uninstall();
        seat.install(versions.get(id));
      }
      case FAULT, HEAL, ARRIVE, LEAVE ->
          throw new IllegalArgumentException(kind + " is nothing that is done to a driver");
    }
  }

  /** Has all drivers run, so that what is in flight comes to its end. */
  void restore() throws BundleException, IOException {
    for (Seat seat : seats.values()) {
      if (seat.isAbsent()) {
        seat.install(versions.get(seat.id()));
      } else if (!seat.isRunning()) {
        seat.start();
      }
    }
  }

  /** Takes away those that were put beside others. */
  void dissolve() throws BundleException {
    for (Seat seat : seats.values()) {
      if (seat.id().place() > 0 && !seat.isAbsent()) {
        seat.uninstall();
      }
    }
  }
}
